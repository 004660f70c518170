/** The environment that vrrpd has on a host of the harness. */
export type Environment = Readonly<Record<string, string>>;

/** Without the addresses: one interface, no port to watch, virtual router ids from 1 on. */
export const COMMON_ENVIRONMENT: Environment = {
  OPENSHIFT_HA_CONFIG_NAME: "ipfailover",
  OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
  OPENSHIFT_HA_MONITOR_PORT: "0",
  OPENSHIFT_HA_VRRP_ID_OFFSET: "0",
};

export const VIP = "192.0.2.101";

/**
 * The environment of the specification's Deployment, as far as a LAN of a test has it. Without a delay: on a slow
 * machine the node with the lower priority may be the first to be ready, and would then keep the address for 300 s.
 */
export const BASE_ENVIRONMENT: Environment = {
  ...COMMON_ENVIRONMENT,
  OPENSHIFT_HA_VIRTUAL_IPS: VIP,
  OPENSHIFT_HA_REPLICA_COUNT: "2",
  OPENSHIFT_HA_PREEMPTION: "preempt_delay 0",
};
