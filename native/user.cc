// Users and groups of this host, as the C library finds them (passwd, group, and whatever else nsswitch.conf names).
#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "common.h"

namespace {

constexpr size_t kEntryBytes = 1024;
constexpr size_t kMostEntryBytes = 1024 * 1024;
constexpr int kMostGroups = 65536;

/** Calls one of the *_r functions with as much room as it asks for; false: there is no such entry. */
template <typename Entry, typename Find>
bool FindEntry(Entry* entry, std::vector<char>* room, Find find) {
  room->resize(kEntryBytes);
  for (;;) {
    Entry* found = nullptr;
    int error = find(entry, room->data(), room->size(), &found);
    if (error == ERANGE && room->size() < kMostEntryBytes) {
      room->resize(room->size() * 4);
      continue;
    }
    return error == 0 && found != nullptr;
  }
}

Napi::Value GroupsOf(Napi::Env env, const passwd& user) {
  int count = 64;
  std::vector<gid_t> groups(count);
  while (getgrouplist(user.pw_name, user.pw_gid, groups.data(), &count) < 0 && count <= kMostGroups) {
    groups.resize(count = std::max<int>(count, static_cast<int>(groups.size()) * 2));
  }
  Napi::Array array = Napi::Array::New(env);
  for (int i = 0; i < count && i < static_cast<int>(groups.size()); i++) {
    array.Set(static_cast<uint32_t>(i), Napi::Number::New(env, groups[static_cast<size_t>(i)]));
  }
  return array;
}

Napi::Value FindUser(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  passwd user{};
  std::vector<char> room;
  std::string name = info[0].IsNumber() ? std::string() : TextOf(info[0], "user");
  uid_t uid = info[0].IsNumber() ? IdOf(info[0], "user") : 0;
  bool found = FindEntry(&user, &room, [&](passwd* entry, char* buffer, size_t size, passwd** result) {
    return info[0].IsNumber() ? getpwuid_r(uid, entry, buffer, size, result)
                              : getpwnam_r(name.c_str(), entry, buffer, size, result);
  });
  if (!found) return env.Null();
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", Napi::String::New(env, user.pw_name));
  object.Set("uid", Napi::Number::New(env, user.pw_uid));
  object.Set("gid", Napi::Number::New(env, user.pw_gid));
  object.Set("groups", GroupsOf(env, user));
  object.Set("home", Napi::String::New(env, user.pw_dir));
  object.Set("shell", Napi::String::New(env, user.pw_shell));
  return object;
}

Napi::Value FindGroup(const Napi::CallbackInfo& info) {
  std::string name = TextOf(info[0], "name");
  group entry{};
  std::vector<char> room;
  bool found = FindEntry(&entry, &room, [&](group* into, char* buffer, size_t size, group** result) {
    return getgrnam_r(name.c_str(), into, buffer, size, result);
  });
  return found ? Napi::Number::New(info.Env(), entry.gr_gid) : info.Env().Null();
}

}  // namespace

void InitUser(Napi::Env env, Napi::Object exports) {
  exports.Set("findUser", Napi::Function::New(env, FindUser, "findUser"));
  exports.Set("findGroup", Napi::Function::New(env, FindGroup, "findGroup"));
}
