// Who has bound abstract Unix sockets, asked of the kernel (sock_diag(7)) and not of the holder: it tells also of a
// socket that does not listen, and nothing arrives in anybody's queue.
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "common.h"

namespace {

// Newer than some headers (Linux 5.3).
constexpr uint32_t kShowUid = 0x40;
constexpr uint16_t kUidAttribute = 7;

constexpr size_t kBufferBytes = 32 * 1024;
constexpr uint32_t kMostNames = 1024;
/** Of <net/tcp_states.h>, which programs do not get. */
constexpr uint8_t kListen = 10;

struct Owner {
  std::string name;
  uint32_t inode = 0;
  bool listens = false;
  bool hasUid = false;
  uint32_t uid = 0;
};

struct Request {
  nlmsghdr header{};
  unix_diag_req request{};
};

int SendRequest(int fd) {
  Request message;
  message.header.nlmsg_len = sizeof message;
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message.request.sdiag_family = AF_UNIX;
  message.request.udiag_states = ~0U;
  message.request.udiag_show = UDIAG_SHOW_NAME | kShowUid;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  auto* to = reinterpret_cast<sockaddr*>(&kernel);
  return sendto(fd, &message, sizeof message, 0, to, sizeof kernel) < 0 ? errno : 0;
}

/** One socket of the answer, with its abstract name; an empty one where it has none, or is of another type. */
Owner OwnerOf(const uint8_t* bytes, size_t length) {
  Owner owner;
  unix_diag_msg message;
  if (length < sizeof message) return owner;
  memcpy(&message, bytes, sizeof message);
  // Each type of socket has names of its own. Without an inode: a connection that waits to be accepted, which carries
  // the name of the listener and seems to be root's.
  if (message.udiag_type != SOCK_STREAM || message.udiag_ino == 0) return owner;
  owner.inode = message.udiag_ino;
  owner.listens = message.udiag_state == kListen;
  for (size_t at = NLMSG_ALIGN(sizeof message); at + sizeof(nlattr) <= length;) {
    nlattr attribute;
    memcpy(&attribute, bytes + at, sizeof attribute);
    if (attribute.nla_len < sizeof attribute || attribute.nla_len > length - at) break;
    const uint8_t* value = bytes + at + sizeof attribute;
    size_t valueLength = attribute.nla_len - sizeof attribute;
    if (attribute.nla_type == UNIX_DIAG_NAME && valueLength > 1 && value[0] == 0) {
      owner.name.assign(reinterpret_cast<const char*>(value) + 1, valueLength - 1);
    } else if (attribute.nla_type == kUidAttribute && valueLength == sizeof owner.uid) {
      memcpy(&owner.uid, value, sizeof owner.uid);
      owner.hasUid = true;
    }
    at += NLA_ALIGN(attribute.nla_len);
  }
  return owner;
}

class Dump {
 public:
  explicit Dump(const std::vector<std::string>& names) : names_(names) {}

  /** 0, or errno. */
  int Run() {
    Fd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!fd) return errno;
    int error = SendRequest(fd.get());
    if (error != 0) return error;
    auto buffer = std::make_unique<uint8_t[]>(kBufferBytes);
    while (!done_ && error_ == 0) {
      // The kernel puts each part of a dump into the queue before the call that asks for it returns.
      ssize_t length = recv(fd.get(), buffer.get(), kBufferBytes, MSG_DONTWAIT | MSG_TRUNC);
      if (length < 0 && errno == EINTR) continue;
      if (length < 0) return errno;
      if (static_cast<size_t>(length) > kBufferBytes) return EMSGSIZE;
      Read(buffer.get(), static_cast<size_t>(length));
    }
    return error_;
  }

  const std::vector<Owner>& owners() const { return owners_; }

 private:
  void Read(const uint8_t* bytes, size_t length) {
    for (size_t at = 0; at + sizeof(nlmsghdr) <= length;) {
      nlmsghdr header;
      memcpy(&header, bytes + at, sizeof header);
      if (header.nlmsg_len < sizeof header || header.nlmsg_len > length - at) return;
      const uint8_t* body = bytes + at + sizeof header;
      size_t bodyLength = header.nlmsg_len - sizeof header;
      if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) {
        done_ = true;
        // Both begin with a negated errno.
        int32_t result = 0;
        if (bodyLength >= sizeof result) memcpy(&result, body, sizeof result);
        error_ = -result;
        return;
      }
      if (header.nlmsg_type == SOCK_DIAG_BY_FAMILY) Take(OwnerOf(body, bodyLength));
      at += NLMSG_ALIGN(header.nlmsg_len);
    }
  }

  void Take(Owner owner) {
    for (const std::string& name : names_) {
      if (owner.name != name) continue;
      owners_.push_back(std::move(owner));
      return;
    }
  }

  const std::vector<std::string>& names_;
  std::vector<Owner> owners_;
  bool done_ = false;
  int error_ = 0;
};

Napi::Value SocketOwners(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::vector<std::string> names;
  for (const Napi::Value& name : ItemsOf(info[0], "names", kMostNames)) names.push_back(StringOf(name, "each of names"));
  Dump dump(names);
  int error = dump.Run();
  if (error != 0) ThrowErrno(env, error, "sock_diag");
  Napi::Array list = Napi::Array::New(env);
  for (const Owner& owner : dump.owners()) {
    Napi::Object item = Napi::Object::New(env);
    item.Set("name", Napi::String::New(env, owner.name));
    item.Set("inode", Napi::Number::New(env, owner.inode));
    item.Set("listens", Napi::Boolean::New(env, owner.listens));
    item.Set("uid", owner.hasUid ? Napi::Number::New(env, owner.uid) : env.Null());
    list.Set(list.Length(), item);
  }
  return list;
}

}  // namespace

void InitSocketOwners(Napi::Env env, Napi::Object exports) {
  exports.Set("socketOwners", Napi::Function::New(env, SocketOwners, "socketOwners"));
}
