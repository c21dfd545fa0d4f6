# The table of agreement: what layer and judge say at each point, and how far the layer is off, in percent.
#     awk -f agreement.awk exceptions figures
# A judge that saw no whole cycle says nothing: such a point has failed. A row of exceptions: the percent
# that are allowed for peak, mean and cycles, and a point as a regular expression.
BEGIN { FS = " = "; header = "%-74s %26s %26s %20s\n"
    printf header, "point", "layer: MiB, MiB, cycles", "judge", "off by %" }
FILENAME == ARGV[1] {
    if (!/^#/ && NF) { split($1, allowed, " "); peak[$2] = allowed[1]; mean[$2] = allowed[2]; cycles[$2] = allowed[3] }
    next
}
function off(layer, judge) { return judge > 0 ? (layer - judge) * 100 / judge : (layer > 0 ? 100 : 0) }
function beyond(error, most) { return error > most || error < -most }
{
    split($2, layer, " "); split($3, judge, " ")
    most["peak"] = most["mean"] = most["cycles"] = 10; stated = ""
    for (expression in peak) if ($1 ~ expression) {
        most["peak"] = peak[expression]; most["mean"] = mean[expression]; most["cycles"] = cycles[expression]; stated = " stated"
    }
    e1 = off(layer[1], judge[1]); e2 = off(layer[2], judge[2]); e3 = off(layer[3], judge[3])
    wrong = judge[3] <= 0 || beyond(e1, most["peak"]) || beyond(e2, most["mean"]) || beyond(e3, most["cycles"])
    printf "%-74s %26s %26s %6.1f %6.1f %6.1f%s%s\n", $1, $2, $3, e1, e2, e3, stated, wrong ? " FAILED" : ""
    failed += wrong; count++
}
END {
    printf "%d points, %d further off than is allowed\n", count, failed
    exit failed > 0 || count == 0
}
