/** The metrics that every client library of Prometheus has of its own process, as prom-client names them. */
import { processFigures } from "../../../host/process-figures.js";
import type { Definition } from "./definition.js";

const CPU_SECONDS = 1e6;

export const PROCESS_METRICS: readonly Definition[] = [
  counter(
    "cpu_user_seconds_total",
    "Processor time in the daemon's own code",
    () => cpu().user / CPU_SECONDS,
  ),
  counter("cpu_system_seconds_total", "Processor time in the kernel", () => cpu().system / CPU_SECONDS),
  counter("cpu_seconds_total", "Processor time", () => (cpu().user + cpu().system) / CPU_SECONDS),
  gauge("start_time_seconds", "When the process was started, in Unix time", () => STARTED_AT),
  gauge("resident_memory_bytes", "Resident memory", () => process.memoryUsage.rss()),
  gauge("virtual_memory_bytes", "Virtual memory", () => processFigures().virtualBytes),
  gauge("heap_bytes", "Virtual memory of data", () => processFigures().dataBytes),
  gauge("open_fds", "Open file descriptors", () => processFigures().openDescriptors),
  gauge("max_fds", "File descriptors that it may have", () => processFigures().mostDescriptors),
  gauge("threads", "Threads of the process", () => processFigures().threads),
];

const STARTED_AT = Math.round(Date.now() / 1000 - process.uptime());

function cpu(): NodeJS.CpuUsage {
  return process.cpuUsage();
}

function counter(name: string, help: string, value: () => number): Definition {
  return { ...gauge(name, help, value), type: "counter" };
}

/** @param value null: this host does not tell */
function gauge(name: string, help: string, value: () => number | null): Definition {
  const samples = () => {
    const now = value();
    return now === null ? [] : [{ value: now }];
  };
  return { name: `process_${name}`, type: "gauge", help, labels: [], samples };
}
