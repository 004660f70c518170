// What may hang runs on a thread of its own; its answer comes back to the loop.
#pragma once

#include <functional>
#include <vector>

#include "poll.h"

/** On the thread. @param error 0, or an errno: there is no thread for it, and nothing is to be done */
using Task = std::function<void(int error)>;
/** On the loop, once the task has ended: what the callback is called with. */
using Answer = std::function<std::vector<napi_value>(Napi::Env env)>;

/**
 * Calls `task`, then `onDone` with its answer, once. Keeps the loop alive until then. Where the environment ends first
 * nobody is called. Throws while it is ending.
 */
void RunOffLoop(Napi::Function onDone, const char* resource, Task task, Answer answer);
