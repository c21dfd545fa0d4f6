/* The C side's way to Google Benchmark (shim.h). What it throws ends here as a negative errno. */
#include "harness/bench/shim.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <string>
#include <vector>

namespace {

benchmark::State &state_of(struct pl_bench *bench)
{
    return *reinterpret_cast<benchmark::State *>(bench);
}

const benchmark::State &state_of(const struct pl_bench *bench)
{
    return *reinterpret_cast<const benchmark::State *>(bench);
}

struct pl_bench *bench_of(benchmark::State &state)
{
    return reinterpret_cast<struct pl_bench *>(&state);
}

template <typename Step> int guarded(Step &&step) noexcept
{
    try {
        return step();
    } catch (const std::bad_alloc &) {
        return -ENOMEM;
    } catch (...) {
        return -EIO;
    }
}

/* Up to 1.7 Stop takes a pointer and, by default, the reference calls it; from 1.8 on there is the
 * reference alone. Marked `override`, one of the two would not build. */
class Memory : public benchmark::MemoryManager {
  public:
    struct pl_bench_memory_hooks hooks = {};

    void Start()
    {
        hooks.start(hooks.context);
    }

    void Stop(Result *result)
    {
        struct pl_bench_memory memory = {};
        hooks.stop(hooks.context, &memory);
        result->num_allocs = static_cast<int64_t>(memory.acquires);
        result->max_bytes_used = static_cast<int64_t>(memory.live_bytes_peak);
        result->total_allocated_bytes = static_cast<int64_t>(memory.acquired_bytes);
        result->net_heap_growth = memory.live_bytes_grown;
    }

    void Stop(Result &result)
    {
        Stop(&result);
    }
};

/* Google Benchmark keeps a plain pointer, for as long as the process lives. */
Memory &memory_manager()
{
    static Memory memory;
    return memory;
}

bool more_than_once(const char *count)
{
    return count && std::strcmp(count, "1") != 0 && std::strcmp(count, "0") != 0;
}

/* It reads its options from BENCHMARK_<NAME> in the environment, too. */
bool asks_for_repetitions(int argc, char **argv)
{
    static const char option[] = "--benchmark_repetitions=";
    bool asks = more_than_once(std::getenv("BENCHMARK_REPETITIONS"));
    for (int i = 1; i < argc; i++)
        if (std::strncmp(argv[i], option, sizeof option - 1) == 0)
            asks = more_than_once(argv[i] + sizeof option - 1);
    return asks;
}

int count_up(benchmark::State &state, uint64_t count, void (benchmark::State::*set)(int64_t))
{
    if (count > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
        return -ERANGE;
    return guarded([&] {
        (state.*set)(static_cast<int64_t>(count));
        return 0;
    });
}

} // namespace

int pl_bench_register(const struct pl_bench_options *options) noexcept
{
    if (!options->name || !*options->name || !options->run ||
        options->arg_count > PL_BENCH_ARGS_MAX)
        return -EINVAL;
    return guarded([options] {
        pl_bench_function run = options->run;
        void *context = options->context;
        auto *made =
            benchmark::RegisterBenchmark(options->name, [run, context](benchmark::State &state) {
                run(bench_of(state), context);
            });
        if (options->arg_count)
            made->Args(std::vector<int64_t>(options->args, options->args + options->arg_count));
        if (options->threads > 1)
            made->Threads(options->threads);
        if (options->process_time)
            made->MeasureProcessCPUTime();
        return 0;
    });
}

uint64_t pl_bench_next(struct pl_bench *bench, uint64_t most) noexcept
{
    benchmark::State &state = state_of(bench);
    const int64_t left = state.max_iterations - state.iterations();
    const int64_t now = std::max<int64_t>(1, std::min(left, static_cast<int64_t>(most)));
    return state.KeepRunningBatch(now) ? static_cast<uint64_t>(now) : 0;
}

uint64_t pl_bench_total(const struct pl_bench *bench) noexcept
{
    return static_cast<uint64_t>(state_of(bench).max_iterations);
}

int64_t pl_bench_arg(const struct pl_bench *bench, size_t index) noexcept
{
    return state_of(bench).range(index);
}

int pl_bench_thread(const struct pl_bench *bench) noexcept
{
    return state_of(bench).thread_index();
}

void pl_bench_pause(struct pl_bench *bench) noexcept
{
    state_of(bench).PauseTiming();
}

void pl_bench_resume(struct pl_bench *bench) noexcept
{
    state_of(bench).ResumeTiming();
}

int pl_bench_items(struct pl_bench *bench, uint64_t items) noexcept
{
    return count_up(state_of(bench), items, &benchmark::State::SetItemsProcessed);
}

int pl_bench_bytes(struct pl_bench *bench, uint64_t bytes) noexcept
{
    return count_up(state_of(bench), bytes, &benchmark::State::SetBytesProcessed);
}

int pl_bench_counter(struct pl_bench *bench, const char *name, double value) noexcept
{
    if (!std::isfinite(value))
        return -EINVAL;
    return guarded([&] {
        state_of(bench).counters[name] = value;
        return 0;
    });
}

int pl_bench_skip(struct pl_bench *bench, const char *why) noexcept
{
    return guarded([&] {
        state_of(bench).SkipWithError(why);
        return 0;
    });
}

int pl_bench_context(const char *key, const char *value) noexcept
{
    return guarded([&] {
        benchmark::AddCustomContext(key, value);
        return 0;
    });
}

int pl_bench_watch_memory(const struct pl_bench_memory_hooks *hooks) noexcept
{
    memory_manager().hooks = hooks ? *hooks : pl_bench_memory_hooks{};
    return guarded([hooks] {
        benchmark::RegisterMemoryManager(hooks ? &memory_manager() : nullptr);
        return 0;
    });
}

int pl_bench_run(int argc, char **argv, size_t *ran) noexcept
{
    static bool has_run = false;
    if (has_run)
        return -EALREADY;
    if (memory_manager().hooks.start && asks_for_repetitions(argc, argv))
        return -ENOTSUP;
    return guarded([&] {
        benchmark::Initialize(&argc, argv);
        if (benchmark::ReportUnrecognizedArguments(argc, argv))
            return -EINVAL;
        has_run = true;
        *ran = benchmark::RunSpecifiedBenchmarks();
        benchmark::Shutdown();
        return 0;
    });
}

void pl_bench_clear(void) noexcept
{
    benchmark::ClearRegisteredBenchmarks();
}
