/* A C program that starts .NET through hostfxr and forks: what uWSGI and its like do.
 *
 *   host raw LIBXGBOOST MODEL COLUMNS                       XGBoost alone: predicts on two threads, forks, predicts in the child
 *   host refuse|managed LIBHOSTFXR HOSTS.DLL MODEL ROUNDS predicts in .NET, then forks; each child predicts in .NET
 *   host fork-first     LIBHOSTFXR HOSTS.DLL MODEL ROUNDS loads in .NET, forks, and each child predicts
 *
 * Says what it saw, a line for each fact; exits with 0 where all went as its scenario expects.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "coreclr_delegates.h"
#include "hostfxr.h"

enum { EQUAL = 0, REFUSED = 10, HUNG = -9, PATIENCE_MS = 5000 };

static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        printf("no %s: %s\n", name, dlerror());
        exit(2);
    }
    return found;
}

static void *open_library(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (library == NULL) {
        printf("%s\n", dlerror());
        exit(2);
    }
    return library;
}

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

/* Runs work in a child; its exit code, or the signal that ended it, negative. A child beyond patience is killed. */
static int run_forked(int (*work)(void), double *ms) {
    fflush(stdout);
    double start = now_ms();
    pid_t child = fork();
    if (child == 0) {
        _exit(work());
    }
    int status = 0;
    int killed = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (!killed && now_ms() - start > PATIENCE_MS) {
            killed = 1;
            kill(child, SIGKILL);
        }
        usleep(500);
    }
    *ms = now_ms() - start;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* XGBoost without anything between. */

typedef int (*predict_dense)(void *, const char *, const char *, void *, const uint64_t **, uint64_t *, const float **);

static void *raw_booster;
static predict_dense raw_call;
static char raw_rows[256];
static float *raw_first;
static uint64_t raw_length;

static int raw_predict(void) {
    const char *config = "{\"type\":1,\"iteration_begin\":0,\"iteration_end\":0,\"strict_shape\":false,\"training\":false,\"cache_id\":0,\"missing\":NaN}";
    const uint64_t *shape;
    const float *result;
    uint64_t dimensions;
    if (raw_call(raw_booster, raw_rows, config, NULL, &shape, &dimensions, &result) != 0) {
        return 1;
    }
    if (raw_first == NULL) {
        raw_length = 1;
        for (uint64_t i = 0; i < dimensions; i++) {
            raw_length *= shape[i];
        }
        raw_first = malloc(raw_length * sizeof(float));
        memcpy(raw_first, result, raw_length * sizeof(float));
    }
    return memcmp(raw_first, result, raw_length * sizeof(float)) == 0 ? EQUAL : 1;
}

static int run_raw(const char *path, const char *model, int columns) {
    void *library = open_library(path);
    int (*create)(const void *, uint64_t, void **) = symbol(library, "XGBoosterCreate");
    int (*load)(void *, const char *) = symbol(library, "XGBoosterLoadModel");
    int (*set)(void *, const char *, const char *) = symbol(library, "XGBoosterSetParam");
    raw_call = (predict_dense)symbol(library, "XGBoosterPredictFromDense");
    const int rows = 20000;
    float *values = calloc((size_t)rows * columns, sizeof(float));
    snprintf(raw_rows, sizeof raw_rows,
        "{\"data\":[%llu,true],\"shape\":[%d,%d],\"typestr\":\"<f4\",\"version\":3}", (unsigned long long)(uintptr_t)values, rows, columns);
    if (create(NULL, 0, &raw_booster) != 0 || load(raw_booster, model) != 0 || set(raw_booster, "nthread", "2") != 0 || raw_predict() != EQUAL) {
        printf("the parent cannot predict\n");
        return 2;
    }
    double ms;
    int code = run_forked(raw_predict, &ms);
    printf("raw child: %s, %.0f ms\n", code == HUNG ? "hung" : code == EQUAL ? "equal" : "failed", ms);
    return code == HUNG ? 0 : 1;
}

/* The same through .NET. */

static int (*net_load)(const char *, int);
static int (*net_predict)(void);

static void start_net(const char *hostfxr, const char *assembly) {
    void *library = open_library(hostfxr);
    hostfxr_initialize_for_runtime_config_fn initialize = symbol(library, "hostfxr_initialize_for_runtime_config");
    hostfxr_get_runtime_delegate_fn get_delegate = symbol(library, "hostfxr_get_runtime_delegate");
    char config[4096];
    snprintf(config, sizeof config, "%.*s.runtimeconfig.json", (int)(strlen(assembly) - strlen(".dll")), assembly);
    hostfxr_handle handle = NULL;
    load_assembly_and_get_function_pointer_fn get = NULL;
    int failed = initialize(config, NULL, &handle) < 0
        || get_delegate(handle, hdt_load_assembly_and_get_function_pointer, (void **)&get) != 0
        || get(assembly, "Hosts.HostEntry, Hosts", "Load", UNMANAGEDCALLERSONLY_METHOD, NULL, (void **)&net_load) != 0
        || get(assembly, "Hosts.HostEntry, Hosts", "Predict", UNMANAGEDCALLERSONLY_METHOD, NULL, (void **)&net_predict) != 0;
    if (failed) {
        printf(".NET does not start\n");
        exit(2);
    }
}

static int run_net(const char *scenario, const char *hostfxr, const char *assembly, const char *model, int rounds) {
    int is_first = strcmp(scenario, "fork-first") == 0;
    int answers_managed = strcmp(scenario, "managed") == 0;
    int expected = is_first || answers_managed ? EQUAL : REFUSED;
    start_net(hostfxr, assembly);
    if (net_load(model, answers_managed) != 0 || (!is_first && net_predict() != EQUAL)) {
        printf("the parent cannot predict\n");
        return 2;
    }
    double slowest = 0;
    for (int round = 0; round < rounds; round++) {
        double ms;
        int code = run_forked(net_predict, &ms);
        slowest = ms > slowest ? ms : slowest;
        if (code != expected) {
            printf("child %d: %d, expected %d, %.0f ms\n", round, code, expected, ms);
            return 1;
        }
    }
    if (net_predict() != EQUAL) {
        printf("the parent does not predict any more\n");
        return 1;
    }
    printf("%d children: %s, the slowest took %.0f ms\n", rounds, expected == REFUSED ? "Refused" : "Equal", slowest);
    return 0;
}

int main(int count, char **values) {
    if (count == 5 && strcmp(values[1], "raw") == 0) {
        return run_raw(values[2], values[3], atoi(values[4]));
    }
    if (count == 6) {
        return run_net(values[1], values[2], values[3], values[4], atoi(values[5]));
    }
    fprintf(stderr, "host raw LIBXGBOOST MODEL COLUMNS | host refuse|managed|fork-first LIBHOSTFXR HOSTS.DLL MODEL ROUNDS\n");
    return 2;
}
