// Threads for what may hang for ever: one for each piece of work, so that none waits behind another. Not libuv's pool,
// whose few threads the log and the looking at files need.
#pragma once

#include <functional>

/** @param error 0; or an errno, EAGAIN: there is no thread for it, and it has to end at once */
using Work = std::function<void(int error)>;

/** Calls `work` once, on a thread of its own or, with an errno, on this or another one. Waits for nothing. */
void RunOnThread(Work work);
