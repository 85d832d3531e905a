import type { QuirkEntry, QuirkValue, SwitchableEntry } from './quirk';
import { OTHER_RANKS, STANDING_QUIRKS } from './standing';
import { SWITCHABLE_QUIRKS } from './switchable';

/** `docs/reference/quirks.md`. */
export function quirksPage(): string {
  return `# Quirks: how stations differ from the specification

<!-- by \`npm run docs:asyncapi\` from libs/contracts/src/quirks -->

Stations in the field differ from the specification in known ways, and each of the workarounds has a name here. Most are on for every station, because they change
no meaning. Those that do change it are switched by quirk profiles: for a tenant, a vendor, a model, a firmware, a station group or single stations
([how](../how-to/work-around-a-quirk.md)). A name keeps its meaning; new ones may be added.

The ranks are those of a list of 87 quirks that were reported of real stations, the most harmful first.

## To be switched

| quirk | what the station does | what we do | value | default | messages | versions | ranks |
| --- | --- | --- | --- | --- | --- | --- | --- |
${Object.entries<SwitchableEntry>(SWITCHABLE_QUIRKS).map(switchableRow).join('\n')}

Where it is decided, and what shows that it was used:

| quirk | decided by | shown by |
| --- | --- | --- |
${Object.entries<QuirkEntry>(SWITCHABLE_QUIRKS).map(decidedRow).join('\n')}

## Always on

| quirk | what the station does | what we do | messages | versions | ranks | decided by | shown by |
| --- | --- | --- | --- | --- | --- | --- | --- |
${Object.entries(STANDING_QUIRKS).map(standingRow).join('\n')}

## Ranks without an entry

| ranks | why |
| --- | --- |
${OTHER_RANKS.map(({ ranks, reason }) => `| ${ranks.join(', ')} | ${reason} |`).join('\n')}
`;
}

function switchableRow([name, entry]: [string, SwitchableEntry]): string {
  const { station, csms, actions, versions, ranks, value, default: standard } = entry;
  return `| \`${name}\` | ${station} | ${csms} | ${valueText(value)} | ${standard} | ${actions} | ${versions} | ${ranks.join(', ')} |`;
}

function decidedRow([name, { decidedBy, shownBy }]: [string, QuirkEntry]): string {
  return `| \`${name}\` | \`${decidedBy}\` | ${shownBy} |`;
}

function standingRow([name, { station, csms, actions, versions, ranks, decidedBy, shownBy }]: [string, QuirkEntry]): string {
  return `| \`${name}\` | ${station} | ${csms} | ${actions} | ${versions} | ${ranks.join(', ')} | \`${decidedBy}\` | ${shownBy} |`;
}

function valueText(value: QuirkValue): string {
  if (value.kind === 'none') return '';
  if (value.kind === 'time-zone') return value.means;
  return `${value.means}: ${value.least} to ${value.most} ${value.unit === 'number' ? '' : value.unit}`.trimEnd();
}
