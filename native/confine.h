// What a child gives up before its exec: another user's identity, its capabilities, the right to gain any.
#pragma once

#include <sys/types.h>

#include <vector>

struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

/** Becomes this identity, with the capabilities that the kernel leaves to whoever does. As of `Confine` else. */
bool BecomeUser(const Identity& identity);

/**
 * Becomes this identity (null: stays who it is) without any capability, and with none to be had from an exec. For a child
 * that shares its parent's memory: system calls alone. False with errno.
 */
bool Confine(const Identity* identity);
