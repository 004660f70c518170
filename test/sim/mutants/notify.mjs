/** Mutants of what scripts are told of. */

export const notifyMutants = [
  {
    what: "scripts told of all states come before a state's own",
    within: "commandsFor",
    find: '[...$own, ...$all.filter(({ on }) => on === "any")]',
    replace: '[...$all.filter(({ on }) => on === "any"), ...$own]',
  },
  {
    what: "scripts told of all states are told of lower priorities",
    within: "commandsFor",
    find: '$event === "LOWER_PRIORITY" ? $own :',
    replace: "",
  },
  {
    what: "scripts are told of every advert of a flood",
    within: "LowerPriority.onRival",
    find: "this.$budget.spend($now);",
    replace: "",
  },
  {
    what: "whoever did not ask is told of lower priorities",
    within: "LowerPriority.onRival",
    find: 'if ($config.fifo === "none" && !$config.notify.some(({ on }) => on === "LOWER_PRIORITY")) return;',
    replace: "",
  },
  {
    what: "nobody is told of lower priorities",
    within: "receiveAsMaster",
    find: "$router.lowerPriority.onRival($now, $source.text);",
    replace: "",
  },
];
