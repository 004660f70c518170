/** `vrrpd peers` for a person: who speaks VRRP on our interfaces, and what differs from us. */
import type { HeardDocument, StatusDocument } from "../../daemon/status/types.js";
import { type Cell, cell, grid } from "./grid.js";
import { shortAddress, type View } from "./status-view.js";
import { secondsBetween, span } from "./time.js";

const HEAD = ["PEER", "ID", "VER", "PRIO", "INTERVAL", "HEARD", "LOSS", "ADDRESSES", "REMARKS"];
const LISTED_ADDRESSES = 4;

export function peersView(status: StatusDocument, { width, paint }: View): string {
  const head = HEAD.map((word) => cell(word, (text) => paint("bold", text)));
  const warn = (text: string) => paint("yellow", text);
  const rows = [...ourSpeakers(status, warn), ...refused(status, warn), ...foreign(status, warn)];
  if (rows.length === 0) return "Nobody has been heard on our interfaces.";
  return grid([head, ...rows], width);
}

function ourSpeakers({ instances, at }: StatusDocument, warn: (text: string) => string): Cell[][] {
  return instances.flatMap((instance) =>
    instance.speakers.map((speaker) => {
      const stranger = speaker.relation === "stranger" ? ["uses our id for other addresses"] : [];
      const silent = speaker.advertising ? [] : [speaker.priority === 0 ? "has released" : "silent"];
      const remarks = [...silent, ...stranger, ...speaker.differences];
      return [
        ...heardCells(speaker, instance.virtualRouterId, at),
        remarks.length > 0 ? cell(remarks, warn) : cell("as with us"),
      ];
    }),
  );
}

function refused({ instances, at }: StatusDocument, warn: (text: string) => string): Cell[][] {
  return instances.flatMap(({ virtualRouterId, refusals }) =>
    refusals
      .filter(({ reason }) => reason !== "not-participating")
      .map(({ source, meaning, count, lastAt }) => [
        cell(source),
        cell(`${virtualRouterId}`),
        cell("-"),
        cell("-"),
        cell("-"),
        cell(`${span(secondsBetween(lastAt, at))} ago`),
        cell("-"),
        cell("-"),
        cell(`refused (${count}): ${meaning}`, warn),
      ]),
  );
}

function foreign({ foreignSpeakers, at }: StatusDocument, warn: (text: string) => string): Cell[][] {
  return foreignSpeakers.map((speaker) => [
    ...heardCells(speaker, speaker.virtualRouterId, at),
    speaker.ours.length > 0
      ? cell(`advertises our ${speaker.ours.join(", ")} under another id`, warn)
      : cell("no id of ours"),
  ]);
}

function heardCells(heard: HeardDocument, virtualRouterId: number, at: string): Cell[] {
  const more = heard.addressCount - Math.min(LISTED_ADDRESSES, heard.addresses.length);
  const listed = heard.addresses.slice(0, LISTED_ADDRESSES).map(shortAddress);
  return [
    cell(heard.address),
    cell(`${virtualRouterId}`),
    cell(`${heard.version}`),
    cell(`${heard.priority}`),
    cell(`${heard.advertIntervalSeconds} s`),
    cell(`${span(secondsBetween(heard.lastHeardAt, at))} ago`),
    cell(heard.loss === null ? "-" : `${(heard.loss * 100).toFixed(1)}%`),
    cell(more > 0 ? [...listed, `and ${more} more`] : listed),
  ];
}
