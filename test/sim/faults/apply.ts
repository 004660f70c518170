/** Makes faults happen, and end. Faults of one kind may overlap: a thing is back when the last reason is gone. */
import type { Reasons, SimulatedHost } from "../host.js";
import type { World } from "../world.js";
import { describeFault, type Fault, type HostFaultKind } from "./fault.js";
import { makeNoise } from "./noise.js";
import { Speaker } from "./speaker.js";

const speakers = new WeakMap<Fault, Speaker>();

/** @param begins false: it ends */
export function applyFault(world: World, fault: Fault, begins: boolean): void {
  const { timeline } = world;
  const router = "router" in fault ? fault.router : null;
  if (timeline !== null) {
    const what = describeFault(fault, (host) => world.machines[host]!.spec.name);
    timeline.add(world.now, "LAN", router, `${begins ? "FAULT" : "end of"} ${what}`);
  }
  world.judgeLeases();
  switch (fault.kind) {
    case "crash":
    case "relist":
      return applyRestart(world.machines[fault.host]!, fault, begins);
    case "partition":
    case "oneWay":
    case "degrade":
      return applyToLan(world, fault, begins);
    case "check":
    case "refuse":
    case "meddle":
    case "priority":
    case "reload":
    case "newMac":
    case "noise":
    case "uplink":
      return applyToHost(world.machines[fault.host]!, fault, begins);
    case "speaker":
      return applySpeaker(world, fault, begins);
    default:
      return applyState(world.machines[fault.host]!, fault.kind, fault, begins);
  }
}

function applyRestart(
  machine: SimulatedHost,
  fault: Extract<Fault, { kind: "crash" | "relist" }>,
  begins: boolean,
): void {
  change(machine.down, fault, begins);
  if (!begins) return machine.boot();
  if (fault.kind === "crash") {
    machine.crash();
    if (fault.reboot) machine.kernel.flush(null);
    return;
  }
  machine.stop();
  machine.choices[fault.router] = { ...machine.choices[fault.router]!, list: fault.list };
}

function applyState(machine: SimulatedHost, kind: HostFaultKind, fault: Fault, begins: boolean): void {
  switch (kind) {
    case "stop":
      change(machine.down, fault, begins);
      return begins ? machine.stop() : machine.boot();
    case "stall":
      if (change(machine.stalls, fault, begins)) return begins ? machine.stall() : machine.resume();
      return;
    case "carrier":
      if (change(machine.carrierLost, fault, begins) && machine.gone.size === 0) machine.linkChanged();
      return;
    case "adminDown":
      if (change(machine.adminDown, fault, begins) && machine.gone.size === 0) machine.linkChanged();
      return;
    case "interfaceGone":
      if (!change(machine.gone, fault, begins)) return;
      return begins ? machine.interfaceVanished() : machine.interfaceAppeared();
    case "sourceLost":
      if (change(machine.sourceLost, fault, begins) && machine.gone.size === 0) machine.sourceChanged();
      return;
    case "lockTaken":
      change(machine.lockTaken, fault, begins);
      return;
    case "overrun":
      if (change(machine.overrun, fault, begins) && !begins) machine.resynchronise();
  }
}

/** Returns whether this was the first reason to come or the last one to go. */
function change(reasons: Reasons, fault: Fault, begins: boolean): boolean {
  if (begins) reasons.add(fault);
  else reasons.delete(fault);
  return reasons.size === (begins ? 1 : 0);
}

function applyToLan(
  { lan, machines }: World,
  fault: Extract<Fault, { kind: "partition" | "oneWay" | "degrade" }>,
  begins: boolean,
): void {
  const step = begins ? 1 : -1;
  if (fault.kind === "oneWay") return lan.block(fault.from, fault.to, step);
  if (fault.kind === "degrade") {
    if (begins) lan.degradations.add(fault);
    else lan.degradations.delete(fault);
    return;
  }
  for (const from of machines.keys()) {
    for (const to of machines.keys()) {
      if (fault.side.includes(from) !== fault.side.includes(to)) lan.block(from, to, step);
    }
  }
}

function applyToHost(
  machine: SimulatedHost,
  fault: Extract<
    Fault,
    { kind: "check" | "refuse" | "meddle" | "priority" | "reload" | "newMac" | "noise" | "uplink" }
  >,
  begins: boolean,
): void {
  const { kernel, checks } = machine;
  switch (fault.kind) {
    case "check":
      if (!begins) {
        for (const failure of checks.failures)
          if (failure.since === fault.at) checks.failures.delete(failure);
      } else checks.failures.add({ check: fault.check, since: fault.at, flapMicros: fault.flapMicros });
      return;
    case "refuse":
      kernel.refuses = begins ? { add: fault.add, remove: fault.remove } : { add: 0, remove: 0 };
      return;
    case "meddle":
      if (machine.isOwn(fault.router, fault.address) || machine.gone.size > 0) return;
      return meddle(machine, fault, begins);
    case "priority":
      if (!begins) return;
      for (const router of machine.world.groupOf(fault.router))
        machine.choices[router] = { ...machine.choices[router]!, priority: fault.priority };
      return machine.configure();
    case "reload":
      if (begins) machine.reload(fault.router, fault.change);
      return;
    case "uplink":
      if (change(machine.uplinkTurned, fault, begins)) machine.uplinkChanged(begins ? fault.how : null);
      return;
    case "newMac":
      if (begins && machine.gone.size === 0) machine.macChanged();
      return;
    case "noise":
      if (begins && !machine.stalled) makeNoise(machine, fault.router);
  }
}

/** What somebody added he takes away again, unless the daemon has made it its own meanwhile. */
function meddle({ kernel }: SimulatedHost, fault: Extract<Fault, { kind: "meddle" }>, begins: boolean): void {
  const { router, address, change } = fault;
  if (change === "remove") {
    if (begins) kernel.meddleRemove(router, address);
  } else if (begins) kernel.meddleAdd(router, address);
  else if (kernel.held(router, address)?.marked === false) kernel.meddleRemove(router, address);
}

function applySpeaker(world: World, fault: Extract<Fault, { kind: "speaker" }>, begins: boolean): void {
  if (begins) {
    const speaker = new Speaker(world, fault);
    speakers.set(fault, speaker);
    speaker.start();
  } else speakers.get(fault)?.stop();
}
