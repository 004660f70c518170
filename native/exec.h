// Starts a program. Blocks until it runs or could not be started, so it is called on a thread of the pool.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common.h"

struct Program {
  std::string file;
  std::vector<std::string> args;
  std::vector<std::string> environment;
  bool captureOutput = false;
};

struct Started {
  int error = 0;
  pid_t pid = -1;
  Fd output;
  /** Invalid where the kernel has no pidfd_open, or none is to be had. */
  Fd pidfd;
};

/** The child is a watched one (children.h) when it was started. */
Started Start(const Program& program);
