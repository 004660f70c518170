// Included before everything else: what is compiled here also loads where the libraries are older, from glibc 2.28 on.
// These functions are the same ever since the version that stands here; only where they live has changed.
#pragma once

#include <features.h>

#ifdef __GLIBC__
#if defined(__x86_64__)
#define VRRPD_GLIBC "GLIBC_2.2.5"
#define VRRPD_GLIBC_PROTOCOL "GLIBC_2.4"
#elif defined(__aarch64__)
#define VRRPD_GLIBC "GLIBC_2.17"
#define VRRPD_GLIBC_PROTOCOL "GLIBC_2.17"
#endif

#ifdef VRRPD_GLIBC
#define VRRPD_SINCE(function, version) __asm__(".symver " #function "," #function "@" version)
VRRPD_SINCE(pthread_attr_setstacksize, VRRPD_GLIBC);
VRRPD_SINCE(pthread_create, VRRPD_GLIBC);
VRRPD_SINCE(pthread_mutexattr_destroy, VRRPD_GLIBC);
VRRPD_SINCE(pthread_mutexattr_init, VRRPD_GLIBC);
VRRPD_SINCE(pthread_mutexattr_setprotocol, VRRPD_GLIBC_PROTOCOL);
VRRPD_SINCE(pthread_sigmask, VRRPD_GLIBC);
VRRPD_SINCE(sem_init, VRRPD_GLIBC);
VRRPD_SINCE(sem_post, VRRPD_GLIBC);
VRRPD_SINCE(sem_wait, VRRPD_GLIBC);
#endif
#endif
