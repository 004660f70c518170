/** Bugs in what a configuration changes while virtual routers run. */

export const reconfigureMutants = [
  {
    what: "a virtual router that is gone from the configuration goes on",
    within: "Core.#adopt",
    find: "if (!$wanted.has($router.id)) this.$retire($now, $router);",
    replace: ";",
  },
  {
    what: "the timers of a virtual router that is gone run on",
    within: "Core.#retire",
    find: "this.$deadlines.forget($router.config.name);",
    replace: "",
  },
  {
    what: "a virtual router that is gone leaves behind what it could not remove as a backup",
    within: "VirtualRouter.retire",
    find: "else $departures.remove(this.$id, this.$addresses.leaving);",
    replace: "else departures.expect(this.id, this.addresses.leaving);",
  },
  {
    what: "an address that is gone from the configuration stays on the interface",
    within: "VirtualRouter.configure",
    find: "this.$surroundings.departures.remove(this.$id, this.$addresses.configure($now));",
    replace: "this.addresses.configure(now);",
  },
  {
    what: "what the kernel does not let go of is never tried again",
    within: "Departures.onRemoved",
    find: "this.$deadlines.set(this.$retry, $now + RETRY_MICROS);",
    replace: "return;",
  },
  {
    what: "an address that a virtual router has anew is removed by the one that had it",
    within: "Departures.#again",
    find: "if (this.$isTaken($address)) this.$waiting.delete($address);",
    replace: ";",
  },
  {
    what: "a master does not add the addresses that are new in its configuration",
    within: "AddressTable.configure",
    find: "if (this.$wanted) entry.retryAt = $now;",
    replace: "",
  },
  {
    what: "a new check without a result faults who takes part",
    within: "Participation.#trackImpediment",
    find: '$found?.kind === "pending" && takesPart(this.router.state) ? null : $found',
    replace: "found",
  },
  {
    what: "a check of the same name forgets its verdict",
    within: "Checks.adopt",
    find: "$known.config = $config;",
    replace: "this.#known.set(config.name, new Check(config));",
  },
  {
    what: "a running delay keeps the length that it began with",
    within: "Preemption.configure",
    find: "$now, this.$deadline.at - this.$delayMicros + $wantedMicros",
    replace: "now, this.#deadline.at",
  },
  {
    what: "a delay runs on where preemption is off",
    within: "Preemption.configure",
    find: 'if ($preempt.mode === "never") return this.$cancel($now, "preemption is off now");',
    replace: "",
  },
  {
    what: "a backup waits as long as the interval before said",
    within: "MasterDown.configure",
    find: "this.$masterIntervalMicros = $interval;",
    replace: "",
  },
  {
    what: "with another interval a backup waits from now on, though it was to listen for longer",
    within: "MasterDown.configure",
    find: "Math.max(now, this.$from)",
    replace: "now",
  },
  {
    what: "what an earlier run left of an address that is new stays on a backup",
    within: "AddressTable.#removeFound",
    find: "this.$remove(found, LEFT_BEHIND);",
    replace: "",
  },
  {
    what: "a master speaks at its old interval once more",
    within: "Advertising.onInterval",
    find: "this.$send($now);",
    replace: "return;",
  },
];
