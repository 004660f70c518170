/** The words of the core for people, with settings spelt as the configuration of this daemon spells them. */

const SETTINGS: Readonly<Record<string, string>> = {
  interfaceSetting: "OPENSHIFT_HA_NETWORK_INTERFACE",
  prioritySetting: "VRRPD_PRIORITY",
  idOffsetSetting: "OPENSHIFT_HA_VRRP_ID_OFFSET",
  idConflictSetting: "VRRPD_ID_CONFLICT",
  announceRefreshSetting: "VRRPD_ANNOUNCE_REFRESH",
};

/** Fills in what stands in braces: a setting, or one of `names`. */
export function spelt(text: string, names: Readonly<Record<string, string>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (braced, name: string) => names[name] ?? SETTINGS[name] ?? braced);
}
