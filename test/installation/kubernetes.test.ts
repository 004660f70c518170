/** The overlays of docs/deploy/kubernetes: rendered, held against Kubernetes' own schemas, and understood by vrrpd. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import t, { type Test } from "tap";
import { parseAllDocuments } from "yaml";
import { ROOT, VRRPD } from "../lab/daemons/vrrpd.js";
import { createLan, type Host } from "../netns/index.js";
import { nameOf, type Resource, render } from "./kustomize.js";
import { installed } from "./runtimes.js";

const FOLDER = join(ROOT, "docs/deploy/kubernetes");
const OVERLAYS = readdirSync(join(FOLDER, "overlays"));
const FOLDERS = ["base", ...OVERLAYS.map((name) => `overlays/${name}`)];
/** By kind: the package of npm that has its schema, and where. OpenShift's constraints have none there. */
const SCHEMAS: Readonly<Record<string, string>> = {
  Namespace: "kubernetes-models/v1/Namespace",
  ServiceAccount: "kubernetes-models/v1/ServiceAccount",
  ConfigMap: "kubernetes-models/v1/ConfigMap",
  Deployment: "kubernetes-models/apps/v1/Deployment",
  DaemonSet: "kubernetes-models/apps/v1/DaemonSet",
  PodDisruptionBudget: "kubernetes-models/policy/v1/PodDisruptionBudget",
  Role: "kubernetes-models/rbac.authorization.k8s.io/v1/Role",
  RoleBinding: "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding",
  PodMonitor: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor",
};
const NODE_ADDRESS = "192.0.2.40";

interface Model {
  validate(): void;
}

interface Container {
  readonly args?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly ports: readonly { readonly containerPort: number; readonly hostPort: number }[];
}

interface Pod {
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

const workloadOf = (resources: readonly Resource[]) => {
  const found = resources.filter(({ kind }) => kind === "Deployment" || kind === "DaemonSet");
  if (found.length !== 1) throw new Error(`${found.length} workloads`);
  return found[0]!;
};
const podOf = (resources: readonly Resource[]) =>
  (workloadOf(resources) as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec;

t.test("every folder fits Kubernetes' schemas, and what it names is there", async (t) => {
  const modules = await installed("kubernetes-models@5.1.0", "@kubernetes-models/prometheus-operator@6.0.0");
  const problem = async (resource: Resource): Promise<string | null> => {
    const path = SCHEMAS[resource.kind as string];
    if (path === undefined) return resource.kind === "SecurityContextConstraints" ? null : "no schema";
    const url = pathToFileURL(join(modules, "node_modules", `${path}.js`)).href;
    const loaded = (await import(url)) as Record<string, new (value: object) => Model>;
    try {
      new loaded[resource.kind as string]!(resource).validate();
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  for (const folder of FOLDERS) {
    const resources = render(join(FOLDER, folder));
    for (const one of resources) t.equal(await problem(one), null, `${folder}: ${one.kind} ${nameOf(one)}`);
    const { containers, volumes } = podOf(resources);
    const mounted = containers[0].volumeMounts.map(({ name }) => name).sort();
    t.strictSame(mounted, volumes.map(({ name }) => name).sort(), `${folder}: what is mounted is there`);
    const maps = resources.filter(({ kind }) => kind === "ConfigMap").map(nameOf);
    const wanted = volumes.flatMap(({ configMap }) => configMap?.name ?? []);
    t.strictSame(wanted, maps, `${folder}: its ConfigMaps`);
  }
  const wrong = { ...render(join(FOLDER, "base"))[0]!, metadata: { name: 5 } };
  t.not(await problem(wrong), null, "a schema refuses what is wrong");
});

t.test("kubectl makes the same of it, where it is installed", async (t) => {
  const here = spawnSync("kubectl", ["version", "--client"]).status === 0;
  for (const folder of here ? FOLDERS : []) {
    const { stdout } = spawnSync("kubectl", ["kustomize", join(FOLDER, folder)], { encoding: "utf8" });
    // The name of a generated ConfigMap has the hash of what is in it.
    const text = stdout.replaceAll(/(keepalived-conf|nodes)-[a-z0-9]{10}$/gm, "$1");
    const theirs = [...parseAllDocuments(text)].map((document) => document.toJS() as Resource);
    const byName = (all: readonly Resource[]) =>
      new Map(all.map((one) => [`${one.kind} ${nameOf(one)}`, one]));
    const [mine, others] = [byName(render(join(FOLDER, folder))), byName(theirs)];
    t.strictSame([...mine.keys()].sort(), [...others.keys()].sort(), folder);
    for (const [name, one] of mine)
      t.strictSame(sorted(one), sorted(others.get(name)!), `${folder}: ${name}`);
  }
});

/** kustomize orders variables in its own way; one that names another stands behind it in either. */
function sorted(resource: Resource): Resource {
  const text = JSON.stringify(resource, (key, value) =>
    key === "env" ? value.toSorted((one: Named, other: Named) => (one.name < other.name ? -1 : 1)) : value,
  );
  return JSON.parse(text) as Resource;
}

interface Named {
  readonly name: string;
}

t.test("vrrpd check understands the configuration of every folder", async (t) => {
  const lan = await createLan({
    interface: "ens3",
    privateDirectories: ["/etc/keepalived", "/etc/vrrpd", "/run/vrrpd"],
    hosts: { a: { addresses: [`${NODE_ADDRESS}/24`] } },
  });
  t.teardown(() => lan.destroy());
  const host = lan.host("a");
  for (const folder of FOLDERS) await understood(t, host, folder);
});

async function understood(t: Test, host: Host, folder: string): Promise<void> {
  const resources = render(join(FOLDER, folder));
  const [container] = podOf(resources).containers;
  const data = resources.flatMap((one) =>
    one.kind === "ConfigMap" ? [one.data as Record<string, string>] : [],
  );
  const nodes = Object.keys(Object.assign({}, ...data)).filter((name) => name.endsWith(".env"));
  for (const node of nodes.length > 0 ? nodes : ["node-a.example.com.env"]) {
    const given = { HOST_IP: NODE_ADDRESS, NODE_NAME: node.replace(/\.env$/, "") };
    const filled = (text: string) =>
      text.replaceAll(/\$\((\w+)\)/g, (_, name: keyof typeof given) => given[name]);
    const env = Object.fromEntries(
      container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, filled(value)]])),
    );
    for (const [at, { value = "" }] of container.env.entries()) {
      const named = /\$\((\w+)\)/.exec(value)?.[1];
      const before = container.env.slice(0, at).some(({ name }) => name === named);
      t.ok(named === undefined || before, `${folder}: ${value} names what stands before it`);
    }
    if (env.OPENSHIFT_HA_NETWORK_INTERFACE === "br-ex") env.OPENSHIFT_HA_NETWORK_INTERFACE = "ens3";
    const place = await placeOf(host, container, data, filled);
    const { stdout, stderr } = await host.run([...VRRPD, "check", ...place, "--json"], { env });
    const plan = JSON.parse(stdout || "{}") as { warnings?: string[]; instances?: { priority: number }[] };
    t.strictSame(plan.warnings, [], `${folder}: ${stderr}`);
    t.ok(plan.instances!.length > 0, folder);
    if (nodes.length > 0) t.comment(`${node}: priority ${plan.instances![0]!.priority}`);
  }
}

/** The option that names the configuration, as the entrypoint of the image chooses it; its files are put there. */
async function placeOf(
  host: Host,
  { args, volumeMounts }: Container,
  data: readonly Readonly<Record<string, string>>[],
  filled: (text: string) => string,
): Promise<string[]> {
  const path = volumeMounts.map(({ mountPath }) => mountPath).find((one) => one.startsWith("/etc/"));
  for (const [name, text] of data.flatMap((one) => Object.entries(one)))
    await host.ok(["sh", "-c", `cat > ${path}/${name}`], { input: text });
  if (args !== undefined) return args.map(filled);
  return data.length > 0 ? ["--config", "/etc/keepalived/keepalived.conf"] : ["--config", "env"];
}

t.test(
  "two Pods never share a node, an update waits for who is elected, probes have time limits",
  async (t) => {
    for (const folder of FOLDERS) {
      const resources = render(join(FOLDER, folder));
      const workload = workloadOf(resources);
      t.match(podOf(resources), {
        hostNetwork: true,
        priorityClassName: "system-node-critical",
        terminationGracePeriodSeconds: 10,
        containers: [
          {
            ports: [{ containerPort: 9650, hostPort: 9650 }],
            startupProbe: { httpGet: { path: "/healthz", port: 9650 }, timeoutSeconds: Number },
            livenessProbe: { httpGet: { path: "/healthz" }, timeoutSeconds: Number },
            readinessProbe: { httpGet: { path: "/readyz" }, timeoutSeconds: Number },
            securityContext: {
              readOnlyRootFilesystem: true,
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"], add: ["NET_ADMIN", "NET_RAW"] },
            },
          },
        ],
      });
      const update = { rollingUpdate: { maxUnavailable: 1 } };
      const isDeployment = workload.kind === "Deployment";
      t.match(workload, { spec: isDeployment ? { strategy: update } : { updateStrategy: update } }, folder);
      const budget = resources.find(({ kind }) => kind === "PodDisruptionBudget");
      t.match(budget, { spec: { maxUnavailable: 1 } });
    }
    t.ok(readFileSync(join(FOLDER, "base/deployment.yaml"), "utf8").includes("podAntiAffinity"));
  },
);
