/* Partitions without a branch that has to be guessed: on numbers in no order a processor guesses
 * every other one wrong, which costs more than the moves. */
#include "harness/base/select.h"

static double middle_of_three(double a, double b, double c)
{
    double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* Lomuto's: what is less than the pivot comes first. @return how many those are */
static size_t move_less(double *values, size_t count, double pivot)
{
    size_t less = 0;
    for (size_t i = 0; i < count; i++) {
        double value = values[i];
        values[i] = values[less];
        values[less] = value;
        less += value < pivot;
    }
    return less;
}

/* Of values that are the pivot at least: those that are the pivot come first. */
static size_t move_equal(double *values, size_t count, double pivot)
{
    size_t equal = 0;
    for (size_t i = 0; i < count; i++) {
        double value = values[i];
        values[i] = values[equal];
        values[equal] = value;
        equal += value <= pivot;
    }
    return equal;
}

void pl_select_nth(double *values, size_t count, size_t k)
{
    while (count > 1) {
        double pivot = middle_of_three(values[0], values[count / 2], values[count - 1]);
        size_t less = move_less(values, count, pivot);
        if (k < less) {
            count = less;
            continue;
        }
        size_t equal = move_equal(values + less, count - less, pivot);
        if (k < less + equal || !equal) /* no pivot equals itself but a NaN, which has no place */
            return;
        values += less + equal;
        count -= less + equal;
        k -= less + equal;
    }
}

double pl_select_greatest(const double *values, size_t count)
{
    double greatest = values[0];
    for (size_t i = 1; i < count; i++)
        greatest = values[i] > greatest ? values[i] : greatest;
    return greatest;
}
