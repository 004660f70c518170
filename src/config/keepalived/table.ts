/** Every keyword that vrrpd knows, block by block, and what becomes of it: what docs/keepalived-conf.md is compared with. */
import { AUTHENTICATION } from "./blocks/authentication.js";
import { GLOBAL_DEFS } from "./blocks/global-defs.js";
import { TRACK_FILE } from "./blocks/track-file.js";
import { TRACK_WORDS } from "./blocks/tracks.js";
import { PEER_WORDS } from "./blocks/unicast-peer.js";
import { ADDRESS_WORDS } from "./blocks/virtual-address.js";
import { VRRP_INSTANCE } from "./blocks/vrrp-instance.js";
import { VRRP_SCRIPT } from "./blocks/vrrp-script.js";
import { VRRP_SYNC_GROUP } from "./blocks/vrrp-sync-group.js";
import { VRRP_TRACK_PROCESS } from "./blocks/vrrp-track-process.js";
import { TOP_LEVEL } from "./file.js";
import { ROUTE_WORDS } from "./fixtures/route.js";
import { RULE_WORDS } from "./fixtures/rule.js";
import type { Class } from "./keyword.js";

type Classes = Readonly<Record<string, Class>>;

export const KEYWORDS: Readonly<Record<string, Classes>> = {
  "": classesOf(TOP_LEVEL),
  global_defs: classesOf(GLOBAL_DEFS),
  vrrp_instance: classesOf(VRRP_INSTANCE),
  vrrp_sync_group: classesOf(VRRP_SYNC_GROUP),
  vrrp_script: classesOf(VRRP_SCRIPT),
  track_file: classesOf(TRACK_FILE),
  vrrp_track_process: classesOf(VRRP_TRACK_PROCESS),
  authentication: allWork(Object.keys(AUTHENTICATION)),
  virtual_ipaddress: ADDRESS_WORDS,
  virtual_routes: ROUTE_WORDS,
  virtual_rules: RULE_WORDS,
  unicast_peer: PEER_WORDS,
  track_script: TRACK_WORDS,
};

function classesOf(keywords: Readonly<Record<string, { readonly class: Class }>>): Classes {
  return Object.fromEntries(Object.entries(keywords).map(([name, keyword]) => [name, keyword.class]));
}

function allWork(names: readonly string[]): Classes {
  return Object.fromEntries(names.map((name) => [name, "works"]));
}
