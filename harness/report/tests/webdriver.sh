# A real browser for tests in bash, over WebDriver (https://www.w3.org/TR/webdriver2/): sourced.
# browser_start FOLDER, then go, js, is, keys, drag, click; browser_stop at the end.

browser_missing() { # says what is missing, for a test that is skipped
    for program in chromedriver chromium curl jq; do
        command -v "$program" >/dev/null || { echo "no $program: ci/setup --slow installs it" && return 0; }
    done
    return 1
}

browser_start() { # FOLDER for its profile and log
    chromedriver --port=0 >"$1/chromedriver.log" 2>&1 &
    driver=$!
    local port=
    for _ in $(seq 100); do
        port=$(sed -nE 's/.*successfully on port ([0-9]+).*/\1/p' "$1/chromedriver.log")
        [ -z "$port" ] || break
        sleep 0.1
    done
    [ "$port" ] || { echo "chromedriver did not start:" && cat "$1/chromedriver.log" && exit 1; }
    local sandbox='[]'
    [ "$(id -u)" -ne 0 ] || sandbox='["--no-sandbox"]' # root has no other way
    local wanted
    wanted=$(jq -n --arg profile "$1/profile" --arg binary "$(command -v chromium)" --argjson sandbox "$sandbox" '
        {capabilities: {alwaysMatch: {
            "goog:loggingPrefs": {browser: "ALL"},
            "goog:chromeOptions": {binary: $binary, args: (["--headless=new", "--disable-dev-shm-usage",
                "--disable-gpu", "--window-size=1280,1000", "--user-data-dir=" + $profile] + $sandbox)}}}}')
    server=http://127.0.0.1:$port
    session=$(curl -sS -m 60 -d "$wanted" "$server/session" | jq -r '.value.sessionId // empty')
    [ "$session" ] || { echo "chromium did not start:" && tail -5 "$1/chromedriver.log" && exit 1; }
    base=$server/session/$session
}

browser_stop() {
    [ -z "${base:-}" ] || curl -sS -m 10 -X DELETE "$base" >/dev/null 2>&1 || true
    [ -z "${driver:-}" ] || kill "$driver" 2>/dev/null || true
}

post() { # PATH JSON: the value that comes back
    curl -sS -m 60 -d "$2" "$base/$1" | jq -c .value
}

go() { # URL
    post url "$(jq -n --arg url "$1" '{$url}')" >/dev/null
}

js() { # EXPRESSION: its value, texts as they are
    post execute/sync "$(jq -n --arg script "return ($1);" '{$script, args: []}')" |
        jq -r 'if type == "object" and .error then "ERROR: " + .message else . end'
}

failures=0
is() { # WHAT EXPECTED EXPRESSION: waits a while until it is so
    local found=
    for _ in $(seq 30); do
        found=$(js "$3")
        [ "$found" != "$2" ] || return 0
        sleep 0.1
    done
    echo "FAILED $1: $3 is '$found', not '$2'"
    failures=$((failures + 1))
}

element() { # CSS: the id of an element
    post element "$(jq -n --arg value "$1" '{using: "css selector", $value}')" | jq -r '.[]? // empty' | head -1
}

click() { # CSS: as a person would, scrolled into view
    local id
    id=$(element "$1")
    [ "$id" ] || { echo "FAILED: nothing to click is $1" && failures=$((failures + 1)) && return; }
    local answer
    answer=$(post "element/$id/click" '{}')
    [ "$answer" = null ] || { echo "FAILED to click $1: $answer" && failures=$((failures + 1)); }
}

keys() { # CSS TEXT: typed where it is focused
    post "element/$(element "$1")/value" "$(jq -n --arg text "$2" '{$text}')" >/dev/null
}

drag() { # CSS FROM TO: from one share of its width to another, in the middle of its height
    local moves
    moves=$(jq -n --argjson box "$(js "(() => { document.querySelector('$1').scrollIntoView({block: 'center'});
        const b = document.querySelector('$1').getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; })()")" \
        --argjson from "$2" --argjson to "$3" '
        ($box[1] + $box[3] / 2 | floor) as $y | def at($s): {type: "pointerMove", duration: 30, $y, x: ($box[0] + $box[2] * $s | floor)};
        {actions: [{type: "pointer", id: "mouse", parameters: {pointerType: "mouse"}, actions:
            [at($from), {type: "pointerDown", button: 0}, at(($from + $to) / 2), at($to), {type: "pointerUp", button: 0}]}]}')
    post actions "$moves" >/dev/null
}

console() { # what the page complained of
    post se/log '{"type": "browser"}' | jq -r '.[]? | select(.level == "SEVERE" or .level == "WARNING") | .message'
}
