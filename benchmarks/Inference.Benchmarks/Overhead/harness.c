/* What the libraries' own C functions cost when C calls them: the measure of what Inference adds. Loaded into the process
 * of the benchmarks, so that both sides use the same library, the same memory and the same minute.
 *
 * Each function makes a number of calls and answers the nanoseconds that the thread worked, or -1 where one failed: the
 * thread's own clock does not run while other programs have the processor.
 */
#define _POSIX_C_SOURCE 199309L
#include <stddef.h>
#include <stdint.h>
#include <time.h>

int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* XGBoosterPredictFromDense; the texts are written once, and the answer stays where the library has it. */
typedef int (*predict_dense)(void *, const char *, const char *, void *, const uint64_t **, uint64_t *, const float **);

int64_t time_xgboost(predict_dense predict, void *booster, const char *array, const char *config, int calls) {
    const uint64_t *shape;
    const float *result;
    uint64_t dimensions;
    int64_t start = now_ns();
    for (int i = 0; i < calls; i++) {
        if (predict(booster, array, config, NULL, &shape, &dimensions, &result) != 0) {
            return -1;
        }
    }
    return now_ns() - start;
}

/* OrtApi::RunWithBinding, slot 133 of the table of version 16; inputs and outputs are bound, nothing is copied. */
struct api_base {
    void *const *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
};

typedef void *(*run_with_binding)(void *session, const void *options, void *binding);

int64_t time_onnx(const struct api_base *(*get_base)(void), void *session, void *binding, int calls) {
    run_with_binding run = (run_with_binding)get_base()->get_api(16)[133];
    int64_t start = now_ns();
    for (int i = 0; i < calls; i++) {
        if (run(session, NULL, binding) != NULL) {
            return -1;
        }
    }
    return now_ns() - start;
}
