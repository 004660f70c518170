// Starts a program. Blocks until it runs or could not be started, which may take for ever (a file system that does not
// answer), so it is called on a thread of its own.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "children.h"
#include "common.h"
#include "confine.h"

struct Program {
  std::string file;
  std::vector<std::string> args;
  std::vector<std::string> environment;
  bool captureOutput = false;
  /** Without capabilities, and with none to be had. */
  bool confined = false;
  /** Whom the child becomes. */
  std::optional<Identity> identity;
  /** access(2) of the file with this mode in place of its exec; its errno is that of the start. 0: exec. */
  int access = 0;
};

struct Started {
  int error = 0;
  pid_t pid = -1;
  Fd output;
  /** Invalid where the kernel has no pidfd_open, or none is to be had. */
  Fd pidfd;
};

/** The child is a watched one (children.h) when it was started; `child` is it until then. */
Started Start(const Program& program, StartingChild* child);
