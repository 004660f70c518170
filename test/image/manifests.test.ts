/** The manifests of docs/deploy say what they promise, and vrrpd understands their environments. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import t from "tap";
import { createLan, type Host } from "../netns/index.js";
import {
  containerOf,
  type Environment,
  environmentOf,
  ROOT,
  readEnvironmentFile,
  readManifest,
  readUnit,
  readYaml,
  SPECIFICATION,
} from "./manifests.js";

const PACKAGE = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as {
  bin: { vrrpd: string };
};
const VRRPD = [`${ROOT}/${PACKAGE.bin.vrrpd}`];
const CAPABILITIES = ["NET_ADMIN", "NET_RAW"];
const WORKLOADS = ["deployment", "daemonset", "removal-job"].map((name) => `docs/deploy/${name}.yaml`);
const REMOVAL_PATH = "/var/lib/ipfailover/keepalived/remove-failover.sh";

interface PlanDocument {
  readonly warnings: readonly string[];
  readonly instances: readonly { readonly name: string; readonly virtualAddresses: readonly string[] }[];
}

t.test("the callouts of the specification are stripped, and nothing else", (t) => {
  const container = containerOf(readManifest(SPECIFICATION));
  t.ok(container.env!.some(({ name }) => name === "OPENSHIFT_HA_VIRTUAL_IPS 2"));
  t.strictSame(environmentOf(container), {
    OPENSHIFT_HA_CONFIG_NAME: "ipfailover",
    OPENSHIFT_HA_VIRTUAL_IPS: "1.1.1.1-2",
    OPENSHIFT_HA_VIP_GROUPS: "10",
    OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
    OPENSHIFT_HA_MONITOR_PORT: "30060",
    OPENSHIFT_HA_VRRP_ID_OFFSET: "0",
    OPENSHIFT_HA_REPLICA_COUNT: "2",
    OPENSHIFT_HA_USE_UNICAST: "false",
    OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT",
    OPENSHIFT_HA_CHECK_SCRIPT: "/etc/keepalive/mycheckscript.sh",
    OPENSHIFT_HA_PREEMPTION: "preempt_delay 300",
    OPENSHIFT_HA_CHECK_INTERVAL: "2",
  });
  t.end();
});

t.test("every file of docs/deploy is looked at here", (t) => {
  const known = [
    "daemonset.yaml",
    "deployment.yaml",
    "grafana",
    "keepalived-dropin.conf",
    "keepalived.service",
    "kubernetes",
    "podman-run.sh",
    "prometheus",
    "removal-job.yaml",
    "scc.yaml",
    "vrrpd.container",
    "vrrpd.env",
    "vrrpd.service",
  ];
  t.strictSame(readdirSync(`${ROOT}/docs/deploy`).sort(), known);
  t.end();
});

t.test("workloads: host network, two capabilities, a read-only root, nothing of the host's files", (t) => {
  for (const path of WORKLOADS) {
    const manifest = readManifest(path);
    const { hostNetwork, volumes = [] } = manifest.spec.template.spec;
    t.equal(hostNetwork, true, path);
    t.match(containerOf(manifest).securityContext, {
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsUser: 0,
      capabilities: { drop: ["ALL"], add: CAPABILITIES },
    });
    t.ok(
      volumes.every((volume) => volume.hostPath === undefined),
      `${path} mounts nothing of the host`,
    );
    const mounted = (containerOf(manifest).volumeMounts ?? []).map(({ name }) => name);
    t.strictSame(mounted.sort(), volumes.map(({ name }) => name).sort(), "what is mounted is there");
  }
  t.end();
});

t.test("the Deployment is the specification's, but for its privileges and a label", (t) => {
  const [own, specified] = [readManifest("docs/deploy/deployment.yaml"), readManifest(SPECIFICATION)];
  const [mine, theirs] = [containerOf(own), containerOf(specified)];
  t.strictSame(environmentOf(mine), { ...environmentOf(theirs), VRRPD_VIP_LABEL: "vip" });
  t.strictSame(mine.ports, [{ containerPort: 63000, hostPort: 63000 }], "replicas stay apart");
  t.strictSame(mine.ports, theirs.ports);
  t.strictSame(mine.livenessProbe, theirs.livenessProbe);
  const scripts = own.spec.template.spec.volumes!.find(({ configMap }) => configMap !== undefined)!;
  t.strictSame(scripts.configMap, { name: "keepalived-checkscript", defaultMode: 0o755 });
  const empty = own.spec.template.spec.volumes!.filter(({ emptyDir }) => emptyDir !== undefined);
  const pathOf = (of: string) => mine.volumeMounts!.find(({ name }) => name === of)!.mountPath;
  t.strictSame(empty.map(({ name }) => pathOf(name)).sort(), ["/run/vrrpd", "/tmp"]);
  t.end();
});

t.test("the removal Job removes what the Deployment's configuration has put there", (t) => {
  const job = containerOf(readManifest("docs/deploy/removal-job.yaml"));
  t.strictSame(job.command, [REMOVAL_PATH]);
  const environment = environmentOf(containerOf(readManifest("docs/deploy/deployment.yaml")));
  t.match(environment, environmentOf(job));
  t.end();
});

t.test("the constraints permit what the workloads ask for, and no privileged container", (t) => {
  const [constraints] = readYaml("docs/deploy/scc.yaml");
  t.match(constraints, {
    kind: "SecurityContextConstraints",
    allowHostNetwork: true,
    allowHostPorts: true,
    allowHostDirVolumePlugin: false,
    allowPrivilegedContainer: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    allowedCapabilities: CAPABILITIES,
  });
  const permitted = (constraints as { volumes: string[] }).volumes;
  for (const path of WORKLOADS) {
    for (const volume of readManifest(path).spec.template.spec.volumes ?? []) {
      const kind = Object.keys(volume).find((key) => key !== "name")!;
      t.ok(permitted.includes(kind), `${path}: ${kind}`);
    }
  }
  t.end();
});

t.test("podman and systemd give the same two capabilities and the same environment", (t) => {
  const script = `${ROOT}/docs/deploy/podman-run.sh`;
  execFileSync("sh", ["-n", script]);
  const command = readFileSync(script, "utf8");
  t.match(command, /--network host .*--cap-drop all --cap-add net_admin --cap-add net_raw .*--read-only /s);
  t.match(command, /--env-file \/etc\/vrrpd\.env/);
  const { Container } = readUnit("docs/deploy/vrrpd.container");
  t.match(Container, {
    Network: ["host"],
    DropCapability: ["all"],
    AddCapability: ["net_admin net_raw"],
    ReadOnly: ["true"],
    EnvironmentFile: ["/etc/vrrpd.env"],
  });
  const { Service } = readUnit("docs/deploy/vrrpd.service");
  t.match(Service, {
    ExecStart: ["/usr/local/bin/vrrpd --config env:/etc/vrrpd.env"],
    AmbientCapabilities: ["CAP_NET_ADMIN CAP_NET_RAW"],
    CapabilityBoundingSet: ["CAP_NET_ADMIN CAP_NET_RAW"],
    RuntimeDirectory: ["vrrpd"],
    StateDirectory: ["vrrpd"],
  });
  t.end();
});

t.test(
  "the drop-in takes the place of the packaged unit's command, and leaves its options where they are",
  (t) => {
    const { Service } = readUnit("docs/deploy/keepalived-dropin.conf");
    t.match(Service, {
      Type: ["notify"],
      ExecStart: ["", "/usr/local/bin/keepalived --dont-fork $DAEMON_ARGS $KEEPALIVED_OPTIONS"],
    });
    t.end();
  },
);

t.test("vrrpd check understands every environment without a warning that could be avoided", async (t) => {
  const lan = await createLan({ interface: "ens3", hosts: { a: { addresses: ["192.0.2.40/24"] } } });
  t.teardown(() => lan.destroy());
  const environments: Record<string, Environment> = {
    "docs/deploy/vrrpd.env": readEnvironmentFile("docs/deploy/vrrpd.env"),
  };
  for (const path of [SPECIFICATION, ...WORKLOADS])
    environments[path] = environmentOf(containerOf(readManifest(path)));
  for (const [path, env] of Object.entries(environments)) {
    const plan = await check(lan.host("a"), env);
    t.ok(plan.instances.length > 0, path);
    t.strictSame(plan.warnings, [], `${path} has no warning`);
  }
  const specified = await check(lan.host("a"), environments[SPECIFICATION]!);
  t.match(specified.instances, [
    { name: "ipfailover_VIP_1", virtualAddresses: ["1.1.1.1/32"] },
    { name: "ipfailover_VIP_2", virtualAddresses: ["1.1.1.2/32"] },
  ]);
});

async function check(host: Host, env: Environment): Promise<PlanDocument> {
  return JSON.parse(await host.ok([...VRRPD, "check", "--config", "env", "--json"], { env })) as PlanDocument;
}
