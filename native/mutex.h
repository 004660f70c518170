// What the loop and its helper threads share is locked with this one.
#pragma once

#include <pthread.h>

/**
 * A mutex whose holder runs with the priority of whoever waits for it: the loop may be real-time, the threads are not,
 * and one that lost the processor while it holds the mutex must not hold up the loop. Never held across anything that
 * may wait.
 */
class Mutex {
 public:
  Mutex() {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    // Where the C library lacks it, it is a usual mutex.
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&mutex_, &attributes);
    pthread_mutexattr_destroy(&attributes);
  }
  ~Mutex() { pthread_mutex_destroy(&mutex_); }
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  /** For std::lock_guard. */
  void lock() { pthread_mutex_lock(&mutex_); }
  void unlock() { pthread_mutex_unlock(&mutex_); }

 private:
  pthread_mutex_t mutex_;
};
