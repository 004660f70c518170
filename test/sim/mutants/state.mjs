// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of the core
/** Mutants of the state machine: what adverts, checks, links and locks mean. */
const RECEIVE = "src/core/router/receive.ts";
const MASTER_DOWN = "src/core/router/master-down.ts";
const ROUTER = "src/core/router/router.ts";
const STALL = "src/core/router/stall.ts";
const HEALTH = "src/core/router/check.ts";
const READINESS = "src/core/router/readiness.ts";
const CORE = "src/core/core.ts";
const CONFIGURE = "src/core/configure.ts";

export const stateMutants = [
  {
    what: "a configuration in which a virtual router is missing is taken over",
    file: CONFIGURE,
    find: "const gone = [...running.keys()].filter((id) => !wanted.has(id));",
    replace: "const gone: RouterId[] = [];",
  },
  {
    what: "addresses keep the order of the first configuration",
    file: "src/core/addresses/table.ts",
    find: "this.entries = virtualAddresses.map(({ address }) => this.#byText.get(address.text)!);",
    replace: "",
  },
  {
    what: "a stranger is obeyed",
    file: RECEIVE,
    find: 'if (shared === 0) return "stranger";',
    replace: "",
  },
  {
    what: "another list of addresses makes a stranger",
    file: RECEIVE,
    find: 'return same ? "same" : "overlapping";',
    replace: 'return same ? "same" : "stranger";',
  },
  {
    what: "priority 0 is ignored by a backup",
    file: RECEIVE,
    find: "if (advert.priority === RELEASE_PRIORITY) return router.masterDown.onRelease(speaker);",
    replace: "if (advert.priority === RELEASE_PRIORITY) return;",
  },
  {
    what: "priority 0 is not answered by a master",
    file: RECEIVE,
    find: "router.answer(now);\n    return router.contest.onRelease(now);",
    replace: "return router.contest.onRelease(now);",
  },
  {
    what: "priority 0 makes a backup master at once",
    file: MASTER_DOWN,
    find: "this.#arm(speaker.lastHeardAt, skewMicros, speaker.advert.version);",
    replace: "this.#arm(speaker.lastHeardAt, () => 0, speaker.advert.version);",
  },
  {
    what: "a stalled master that hears another one stays master",
    file: RECEIVE,
    find: "if (router.hasStalled(now)) {",
    replace: "if (router.state === null) {",
  },
  {
    what: "a stalled master speaks at once when it hears nobody",
    file: ROUTER,
    find: "if (!this.hasStalled(now) || this.#stall.isListening) return;",
    replace: "return;",
  },
  {
    what: "a stalled master listens again with every input",
    file: ROUTER,
    find: "if (!this.hasStalled(now) || this.#stall.isListening) return;",
    replace: "if (!this.hasStalled(now)) return;",
  },
  {
    what: "the limit of a stall is one interval short",
    file: STALL,
    find: "return this.isListening || now - spokeAt >= this.#downMicros;",
    replace:
      "return this.isListening || now - spokeAt >= this.#downMicros - this.router.config.advertIntervalMicros;",
  },
  {
    what: "a stalled master listens for an interval alone",
    file: STALL,
    find: "this.#listenedAgain = false;\n    this.deadlines.set(this.#deadline, now + this.#downMicros);",
    replace:
      "this.#listenedAgain = false;\n    this.deadlines.set(this.#deadline, now + this.router.config.advertIntervalMicros);",
  },
  {
    what: "a master that stands still while it listens speaks at once",
    file: STALL,
    find: "advertIntervalMicros && !this.#listenedAgain) {",
    replace: "advertIntervalMicros && this.#listenedAgain === null) {",
  },
  {
    what: "a stalled master announces while it listens",
    file: ROUTER,
    find: "    this.addresses.pause();\n",
    replace: "",
  },
  {
    what: "a stalled master takes its addresses for granted",
    file: ROUTER,
    find: "#goOn(now: Micros): void {\n    this.sendAdvert(now);\n    this.addresses.claim(now);",
    replace: "#goOn(now: Micros): void {\n    this.sendAdvert(now);",
  },
  {
    what: "a late down timer fires over unheard adverts",
    file: MASTER_DOWN,
    find: "if (now - due >= interval && !this.#listenedAgain) {",
    replace: "if (this.#listenedAgain === null) {",
  },
  {
    what: "a late down timer listens again for ever",
    file: MASTER_DOWN,
    find: "if (now - due >= interval && !this.#listenedAgain) {",
    replace: "if (now - due >= 0) {",
  },
  {
    what: "a master does not answer lower priorities",
    file: RECEIVE,
    find: "router.answer(now);\n  router.contest.onRival(now, speaker);",
    replace: "router.contest.onRival(now, speaker);",
  },
  {
    what: "a master that wins over a rival does not announce again",
    file: RECEIVE,
    find: "router.answer(now);\n  router.contest.onRival(now, speaker);",
    replace: "router.answer(now);",
  },
  {
    what: "a master that nobody hears stays beside another",
    file: "src/core/router/voice.ts",
    find: "this.#isMute ||= now - this.#failingSince >= this.#downMicros;",
    replace: "",
  },
  {
    what: "the first advert that is refused ends a mastership",
    file: "src/core/router/voice.ts",
    find: "this.#isMute ||= now - this.#failingSince >= this.#downMicros;",
    replace: "this.#isMute = true;",
  },
  {
    what: "a master that nobody hears yields to nobody",
    file: "src/core/router/voice.ts",
    find: "if (other === null) return;",
    replace: "if (other === null) { this.#yieldedTo = 'nobody'; this.router.evaluate(now); return; }",
  },
  {
    what: "two that nobody hears yield to each other for a while",
    file: "src/core/router/voice.ts",
    find: "this.#aloneSince = now;",
    replace: "",
  },
  {
    what: "one that gave way because nobody heard it waits though everybody is silent",
    file: "src/core/router/voice.ts",
    find: "this.router.evaluate(now, true);",
    replace: "",
  },
  {
    what: "whom a master heard an hour ago counts as somebody who could serve",
    file: "src/core/router/voice.ts",
    find: "const from = Math.max(now - REMEMBERED_DOWN_INTERVALS * this.#downMicros, this.#aloneSince);",
    replace: "const from = this.#aloneSince;",
  },
  {
    what: "an answer that failed is followed by announcements",
    file: "src/core/router/voice.ts",
    find: "this.router.addresses.concede();",
    replace: "",
  },
  {
    what: "a master that is heard again announces nothing",
    file: "src/core/router/voice.ts",
    find: "if (this.#isMute) this.router.addresses.announceAnew(now);",
    replace: "",
  },
  {
    what: "what did not leave counts as sent",
    file: ROUTER,
    find: 'if (what === "advert") this.counters.advertsSent -= 1;',
    replace: "",
  },
  {
    what: "trials come once a second for ever",
    file: "src/core/router/doubling-pause.ts",
    find: "this.#nextMicros = Math.min(2 * pause, LONGEST_PAUSE_MICROS);",
    replace: "",
  },
  {
    what: "a master without any address stays master",
    file: "src/core/router/refused-claim.ts",
    find: "this.#errno = errno;",
    replace: "",
  },
  {
    what: "one without any address never takes part again",
    file: "src/core/router/refused-claim.ts",
    find: "if (this.#errno === null || refused !== undefined) return;",
    replace: "return;",
  },
  {
    what: "a flood of rivals is answered one by one",
    file: ROUTER,
    find: "if (now < earliest) {",
    replace: "if (now < 0) {",
  },
  {
    what: "equal priority does not re-arm a backup",
    file: RECEIVE,
    find: "if (advert.priority >= router.priority) {\n    cancelDelay",
    replace: "if (advert.priority > router.priority) {\n    cancelDelay",
  },
  {
    what: "a lower priority cancels the preempt delay",
    file: RECEIVE,
    find: "    router.masterDown.master = speaker;\n    // An owner",
    replace:
      '    router.masterDown.master = speaker;\n    router.preemption.cancel(now, "lower");\n    // An owner',
  },
  {
    what: "a first advert after more than an interval waives the delay",
    file: RECEIVE,
    find: "    // An owner always preempts (RFC 9568 §6.1).\n",
    replace:
      "    if (speaker.adverts === 1 && now - router.since > 1.3 * advert.advertIntervalMicros) return;\n",
  },
  {
    what: "masters that were heard in INIT are forgotten",
    file: RECEIVE,
    find: "  router.masterDown.overhear(speaker);\n",
    replace: '  if (router.state === "BACKUP") router.masterDown.overhear(speaker);\n',
  },
  {
    what: "a backup that fails forgets whom it followed",
    file: RECEIVE,
    find: "  router.masterDown.overhear(speaker);\n",
    replace: '  if (router.state !== "BACKUP") router.masterDown.overhear(speaker);\n',
  },
  {
    what: "masters that fell silent long before this node takes part are followed",
    file: MASTER_DOWN,
    find: "return now - speaker.lastHeardAt < span ? speaker : null;",
    replace: "return now - speaker.lastHeardAt < span + 1e9 ? speaker : null;",
  },
  {
    what: "a stranger changes what was heard of a master in INIT",
    file: MASTER_DOWN,
    find: "this.#overheard = { ...speaker };",
    replace: "this.#overheard = speaker;",
  },
  {
    what: "a release in INIT is not noted",
    file: MASTER_DOWN,
    find: "else if (this.#overheard?.source.text === speaker.source.text) this.#overheard = null;",
    replace: "",
  },
  {
    what: "a higher version 2 speaker does not cancel the delay",
    file: RECEIVE,
    find: "    if (advert.priority >= router.priority) cancelDelay(router, now, speaker);\n",
    replace: "",
  },
  {
    what: "an answer that was planned in an earlier mastership puts off the next",
    file: ROUTER,
    find: "    this.#lastAnswerAt = Number.NEGATIVE_INFINITY;\n",
    replace: "",
  },
  {
    what: "an owner waits like everybody",
    file: RECEIVE,
    find: "if (owner || router.preemption",
    replace: "if (router.preemption",
  },
  {
    what: "the interval of the master is not learned",
    file: MASTER_DOWN,
    find: "this.#masterIntervalMicros = learns ? advert.advertIntervalMicros : config.advertIntervalMicros;",
    replace: "this.#masterIntervalMicros = config.advertIntervalMicros;",
  },
  {
    what: "a version 2 speaker is no reason to yield",
    file: RECEIVE,
    find: "return config.version === 3 && advert.version === 2;",
    replace: "return config.version === null;",
  },
  {
    what: "version 2 is heard by those who speak only version 3",
    file: RECEIVE,
    find: 'if (config.version !== 2 && !config.yieldsToVersion2) return "version";',
    replace: "",
  },
  {
    what: "a wrong password is accepted",
    file: RECEIVE,
    find: 'return "authentication-mismatch";',
    replace: "return null;",
  },
  {
    what: "version 2 accepts another interval",
    file: RECEIVE,
    find: "if (speaksTwo && advert.advertIntervalMicros !== config.advertIntervalMicros)",
    replace: "if (speaksTwo && advert.advertIntervalMicros < 0)",
  },
  {
    what: "a release is not said",
    file: ROUTER,
    find: 'if (to !== "BACKUP" && canSend) {',
    replace: 'if (to === "BACKUP" && to === this.state) {',
  },
  {
    what: "a master whose source has gone releases nothing",
    file: ROUTER,
    find: "const canSend = this.view.link?.up && this.view.link.carrier;",
    replace: "const canSend = this.view.link?.up && this.view.link.carrier && this.source !== null;",
  },
  {
    what: "a master that yields sends priority 0",
    file: ROUTER,
    find: 'if (to !== "BACKUP" && canSend) {',
    replace: "if (canSend) {",
  },
  {
    what: "the advert timer of a former master goes on",
    file: ROUTER,
    find: "    this.surroundings.deadlines.clear(this.#advertise);\n    this.#stall",
    replace: "    this.#stall",
  },
  {
    what: "the down timer of a former backup goes on",
    file: ROUTER,
    find: "    this.masterDown.stop();\n",
    replace: "",
  },
  {
    what: "a new master advertises one interval late",
    file: ROUTER,
    find: "this.sendAdvert(now);\n    this.addresses.claim(now);\n    this.surroundings.leases.onClaim(now);\n    this.conflicts",
    replace:
      "this.surroundings.deadlines.set(this.#advertise, now + this.config.advertIntervalMicros);\n    this.addresses.claim(now);\n    this.surroundings.leases.onClaim(now);\n    this.conflicts",
  },
  {
    what: "lateness of adverts adds up to silence",
    file: ROUTER,
    find: "(late < interval ? due : now) + interval",
    replace: "now + 2 * interval",
  },
  {
    what: "a check's first failure decides, whatever fall says",
    file: HEALTH,
    find: 'if (this.#verdict === "passing" && verdict === "failing") return this.config.fall;',
    replace: "",
  },
  {
    what: "results need not be in a row",
    file: HEALTH,
    find: "if (speaksFor === this.#verdict) {\n      this.#against = 0;",
    replace: "if (speaksFor === this.#verdict) {",
  },
  {
    what: "an advisory check faults the node",
    file: HEALTH,
    find: 'this.config.advisoryUntilFirstPass && !this.#hasPassed ? "advisory" : "failing"',
    replace: '"failing"',
  },
  {
    what: "a failing check is no fault",
    file: READINESS,
    find: 'if (check.verdict !== "failing") return null;',
    replace: "if (check.verdict !== null) return null;",
  },
  {
    what: "a link without carrier is good enough",
    file: READINESS,
    find: 'link.up && !link.carrier ? fault("no-carrier", `interface ${name} has no carrier`, facts) : null,',
    replace: "",
  },
  {
    what: "another daemon's lock is no hindrance",
    file: READINESS,
    find: "if (lock === null) return null;",
    replace: "if (lock !== undefined) return null;",
  },
  {
    what: "the lock is asked for once",
    file: ROUTER,
    find: "if (holder !== null) this.surroundings.deadlines.set(this.#lockRetry, now + LOCK_RETRY_MICROS);\n    else ",
    replace: "if (holder === null) ",
  },
  {
    what: "a new MAC address is not announced",
    file: CORE,
    find: "before.mac?.text !== link.mac?.text",
    replace: "before.mac === undefined",
  },
];
