/** The HTTP check of the environment: what is read, what is said, and the keepalived.conf that is written of it. */
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { formatStatuses, parseEnvironment, urlOf } from "../../src/config/index.js";
import { readText } from "./keepalived/support.js";
import { type Env, intentOf, MINIMAL, planOf, writtenOf } from "./support.js";

const URL_OF_SERVICE = "http://127.0.0.1:30061/healthz";

function httpOf(env: Env) {
  const check = planOf({ VRRPD_HTTP_CHECK: URL_OF_SERVICE, ...env }).checks.get("http");
  if (check?.kind !== "http") throw new Error("there is no HTTP check");
  return check;
}

function problemsOf(env: Env) {
  return parseEnvironment({ ...MINIMAL, VRRPD_HTTP_CHECK: URL_OF_SERVICE, ...env }).problems;
}

t.test("a URL is read, of addresses of both families and of localhost", (t) => {
  const urls: Record<string, string> = {
    [URL_OF_SERVICE]: URL_OF_SERVICE,
    "HTTPS://LocalHost": "https://localhost/",
    "https://[2001:db8::1]:443/a?b=c#d": "https://[2001:db8::1]/a?b=c",
    "http://192.0.2.1:443": "http://192.0.2.1:443/",
    "http://127.0.0.1:80/ä?ö": "http://127.0.0.1/%C3%A4?%C3%B6",
    "'http://127.0.0.1/'": "http://127.0.0.1/",
  };
  for (const [given, read] of Object.entries(urls))
    t.equal(urlOf(httpOf({ VRRPD_HTTP_CHECK: given }).target), read, given);
  t.end();
});

t.test("what is no such URL is refused, with the reason", (t) => {
  const refused: Record<string, RegExp> = {
    "127.0.0.1:30061/healthz": /does not begin with http/,
    "ftp://127.0.0.1/": /does not begin with http/,
    "http://": /is not a URL/,
    "http://127.0.0.1:99999/": /is not a URL/,
    "http://127.0.0.1:0/": /has the port 0/,
    "http://service.example/healthz": /names "service.example", which only DNS could find/,
    "http://127.0.0.1/a b": /white space/,
    "http:\\\\127.0.0.1/": /does not begin/,
    [`http://${"[fe80::1%25eth0]"}/`]: /is not a URL/,
    [`http://127.0.0.1/${"x".repeat(2_000)}`]: /is longer than 2000 bytes/,
  };
  for (const [value, reason] of Object.entries(refused)) {
    const [problem, ...more] = problemsOf({ VRRPD_HTTP_CHECK: value });
    t.match(problem, { origin: { variable: "VRRPD_HTTP_CHECK" }, reason }, value.slice(0, 40));
    t.equal(more.length, 0);
  }
  const secret = problemsOf({ VRRPD_HTTP_CHECK: "http://me:secret@127.0.0.1/" });
  t.match(secret, [{ value: "http://…@127.0.0.1/", reason: /holds a user or a password/ }]);
  t.notMatch(JSON.stringify(secret), /secret/);
  t.end();
});

t.test("statuses are numbers and ranges; without any they are those of kubelet", (t) => {
  t.equal(formatStatuses(httpOf({}).statuses), "200-399");
  t.equal(
    formatStatuses(httpOf({ VRRPD_HTTP_CHECK_STATUS: "200-299,401 503" }).statuses),
    "200-299, 401, 503",
  );
  for (const value of ["2xx", "299-200", "100", "200-600", "20", "-1", "200--299", ","])
    t.match(problemsOf({ VRRPD_HTTP_CHECK_STATUS: value }), [
      { origin: { variable: "VRRPD_HTTP_CHECK_STATUS" }, accepted: /200 to 599/ },
    ]);
  t.match(problemsOf({ VRRPD_HTTP_CHECK_HOST: "a b" }), [{ origin: { variable: "VRRPD_HTTP_CHECK_HOST" } }]);
  t.equal(httpOf({ VRRPD_HTTP_CHECK_HOST: "shop.example:8443" }).hostName, "shop.example:8443");
  t.end();
});

t.test("it has the settings of the others, and stands beside them", (t) => {
  const given = { OPENSHIFT_HA_CHECK_INTERVAL: "0.5", VRRPD_CHECK_RISE: "2", VRRPD_CHECK_FALL: "3" };
  t.match(httpOf(given), { intervalMicros: 500_000, rise: 2, fall: 3, advisoryUntilFirstPass: false });
  const names = (env: Env) => [...planOf({ VRRPD_HTTP_CHECK: URL_OF_SERVICE, ...env }).checks.keys()];
  t.strictSame(names({}), ["http"], "the port that nobody asked for is not probed");
  t.strictSame(names({ OPENSHIFT_HA_MONITOR_PORT: "80", OPENSHIFT_HA_CHECK_SCRIPT: "/check" }), [
    "probe",
    "script",
    "http",
  ]);
  const beside = planOf({ VRRPD_HTTP_CHECK: URL_OF_SERVICE, OPENSHIFT_HA_MONITOR_PORT: "80" });
  t.equal(beside.checks.get("probe")?.advisoryUntilFirstPass, false, "both count from the start");
  t.strictSame(
    beside.core.routers[0]?.tracks.map(({ on }) => on),
    [{ check: "probe" }, { check: "http" }],
  );
  t.end();
});

t.test("what does not count, or asks the master, is a warning", (t) => {
  const warnings = (env: Env) => intentOf({ ...MINIMAL, ...env }).warnings.map(({ text }) => text);
  t.strictSame(warnings({ VRRPD_HTTP_CHECK_STATUS: "200", VRRPD_HTTP_CHECK_HOST: "a.example" }), [
    "VRRPD_HTTP_CHECK_STATUS does not count: VRRPD_HTTP_CHECK is not set",
    "VRRPD_HTTP_CHECK_HOST does not count: VRRPD_HTTP_CHECK is not set",
  ]);
  t.match(warnings({ VRRPD_HTTP_CHECK: "http://192.0.2.100/" }), [
    /is a virtual address: a backup would judge/,
  ]);
  t.end();
});

t.test("in the keepalived.conf it is curl, whose answer is judged as vrrpd does", (t) => {
  const url = "http://127.0.0.1:30061/a?b='c&d=$x";
  const text = writtenOf(
    planOf({
      VRRPD_HTTP_CHECK: url,
      VRRPD_HTTP_CHECK_STATUS: "200-299,401",
      VRRPD_HTTP_CHECK_HOST: "a.example",
    }),
  );
  t.match(text, /^vrrp_script http \{\n {4}# vrrpd asks over HTTP itself, without curl\n {4}script "/m);
  t.match(text, /^ {4}interval 2\n/m);
  t.match(text, /track_script \{\n +http\n/);
  const { command } = readText(text).checks[0]!;
  const folder = t.testdir({ curl: "" });
  const curl = `${folder}/curl`;
  const exitCode = (status: string) => {
    writeFileSync(curl, `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/asked\nprintf ${status}\n`, {
      mode: 0o755,
    });
    chmodSync(curl, 0o755);
    const [shell, option, script] = command!;
    return spawnSync(shell!, [option!, script!.replace("/usr/bin/curl", curl)]).status;
  };
  t.strictSame(["200", "299", "401"].map(exitCode), [0, 0, 0]);
  t.strictSame(
    ["199", "300", "400", "402", "503", "000"].map(exitCode).filter((code) => code === 0),
    [],
  );
  t.strictSame(
    readFileSync(`${folder}/asked`, "utf8").split("\n"),
    [
      ...["-qgks", "--noproxy", "*", "-m", "2", "-o", "/dev/null", "-H", "Host: a.example"],
      ...["-w", "%{http_code}", "http://127.0.0.1:30061/a?b=%27c&d=$x", ""],
    ],
    "it gets the words that it should",
  );
  const long = writtenOf(planOf({ VRRPD_HTTP_CHECK: `http://127.0.0.1/${"x".repeat(900)}` }));
  t.match(long, /^# vrrp_script http: vrrpd asks over HTTP, in more words than a line has room for$/m);
  t.match(long, /track_script \{\n +# http: see above\n/);
  t.end();
});
