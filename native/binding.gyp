{
  "targets": [
    {
      "target_name": "vrrpd",
      "sources": [
        "addon.cc",
        "children.cc",
        "common.cc",
        "confine.cc",
        "exec.cc",
        "fifo.cc",
        "files.cc",
        "lock.cc",
        "netlink.cc",
        "off-loop.cc",
        "old-libraries.cc",
        "open-raw.cc",
        "packet.cc",
        "peer.cc",
        "poll.cc",
        "process.cc",
        "raw-receiver.cc",
        "raw-sender.cc",
        "recognised.cc",
        "signals.cc",
        "socket-owners.cc",
        "spawn.cc",
        "tcp-listener.cc",
        "threads.cc",
        "timer.cc",
        "unix-datagrams.cc",
        "user.cc",
      ],
      "include_dirs": ["<!(node headers.cjs)"],
      "defines": [
        "NAPI_VERSION=8",
        "NODE_ADDON_API_CPP_EXCEPTIONS_ALL",
        # A worker that is being ended refuses to throw; without this that would abort the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
        "_GNU_SOURCE",
      ],
      "cflags_cc!": ["-fno-exceptions"],
      # Where the libraries are older than here it loads, too.
      "cflags": ["-include", "<(module_root_dir)/old-libraries.h"],
      "cflags_cc": ["-fexceptions", "-fvisibility=hidden", "-Wall", "-Wextra"],
    }
  ]
}
