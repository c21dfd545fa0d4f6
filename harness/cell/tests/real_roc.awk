# How far the real receiver's memory is from the model's, net of what each process had before the
# first packet.     awk -v base=BYTES -v beside=BYTES -f real_roc.awk MODEL REAL
# Both are series at the same times of the replay. Slabs make staircases, and the real one fills a large
# slab for as long as the machine takes: for the distance off the steps, a sample that lies in the range
# of the other curve's within a second of it is on it. Peaks and the mean let nothing pass.
# Prints in KiB: both peaks, their distance, the mean distance, the most off the steps, the most, and
# when (s); then 1 where the first three distances are 1 % of the peak and `beside` at most, else 0.
BEGIN { FS = ","; WINDOW = 1e9; SHARE = .01 }
FNR == 1 { side++; next }
side == 1 { if (FNR == 2) first = $2; t[FNR] = $1; model[FNR] = $2 - first; count = FNR }
side == 2 { if ($1 != t[FNR]) wrong = 1; real[FNR] = $2 - base; last = FNR }
function abs(x) { return x < 0 ? -x : x }
# From one value to the range of a curve's samples around its time.
function beyond(value, curve, at,    i, low, high) {
    low = high = curve[at]
    for (i = at; i >= 1 && t[at] - t[i] <= WINDOW; i--) {
        if (curve[i] < low) low = curve[i]
        if (curve[i] > high) high = curve[i]
    }
    for (i = at; i <= last && t[i] - t[at] <= WINDOW; i++) {
        if (curve[i] < low) low = curve[i]
        if (curve[i] > high) high = curve[i]
    }
    return value > high ? value - high : value < low ? low - value : 0
}
function compare(    i, apart) {
    t[1] = t[2]
    model[1] = real[1] = 0 # before the first packet, by definition
    for (i = 2; i <= last; i++) {
        if (model[i] > model_peak) model_peak = model[i]
        if (real[i] > real_peak) real_peak = real[i]
        apart = abs(real[i] - model[i])
        sum += apart
        if (apart > most) { most = apart; most_at = t[i] }
        if ((apart = beyond(real[i], model, i)) > off) off = apart
        if ((apart = beyond(model[i], real, i)) > off) off = apart
    }
    mean = sum / (last - 1)
    allowed = SHARE * model_peak + beside
    return abs(real_peak - model_peak) <= allowed && mean <= allowed && off <= allowed
}
END {
    if (wrong || last < 2 || last != count) {
        print "the two series are not of the same times" > "/dev/stderr"
        exit 2
    }
    within = compare()
    printf "%.0f %.0f %+.0f %.0f %.0f %.0f %.1f %d\n", model_peak / 1024, real_peak / 1024,
        (real_peak - model_peak) / 1024, mean / 1024, off / 1024, most / 1024, most_at / 1e9, within
}
