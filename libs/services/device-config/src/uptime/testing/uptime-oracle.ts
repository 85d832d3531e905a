/** Something that a station reported, at a whole minute. `order`: of reports of the same minute. */
export interface Fact {
  minute: number;
  order: number;
  evse: number;
  connector: number;
  what: 'status' | 'problem' | 'connection';
  component: string;
  value: string;
}

/** Minutes from `from` to before `to` that do not count, of one EVSE or of all. */
export interface Left {
  from: number;
  to: number;
  evse: number | null;
  closed: boolean;
}

type Count = Record<'up' | 'faulted' | 'unavailable' | 'offline' | 'unknown', number>;

/** For specs: what a port is in each minute, looked up anew in all facts, and counted minute by minute. It shares nothing with the code. */
export function countMinutes(facts: readonly Fact[], evse: number, [from, to]: readonly [number, number], left: readonly Left[]) {
  const zero = (): Count => ({ up: 0, faulted: 0, unavailable: 0, offline: 0, unknown: 0 });
  const [total, excluded, closed] = [zero(), zero(), zero()];
  const sorted = [...facts].sort((one, other) => one.minute - other.minute || one.order - other.order);
  for (let minute = from; minute < to; minute++) {
    const condition = conditionIn(sorted, evse, minute);
    const own = left.filter((one) => one.from <= minute && minute < one.to && (one.evse === null || one.evse === evse));
    total[condition]++;
    if (own.length > 0) excluded[condition]++;
    if (own.some((one) => one.closed)) closed[condition]++;
  }
  return { total, excluded, closed };
}

function conditionIn(sorted: readonly Fact[], evse: number, minute: number): keyof Count {
  let [isOffline, station] = [false, ''];
  const statuses: Record<number, Fact> = {};
  const problems: Record<string, Fact> = {};
  for (const fact of sorted) {
    if (fact.minute > minute) break;
    if (fact.what === 'connection') isOffline = fact.value === 'offline';
    else if (fact.what === 'status' && fact.evse === 0) station = fact.value;
    else if (fact.evse === evse && fact.what === 'status') {
      if (statuses[fact.connector]?.value !== fact.value) statuses[fact.connector] = fact;
    } else if (fact.evse === evse && problems[`${fact.connector}/${fact.component}`]?.value !== fact.value)
      problems[`${fact.connector}/${fact.component}`] = fact;
  }
  const open = Object.values(problems).filter(({ value }) => value === 'active');
  const shown = Object.values(statuses).map(({ connector, value, minute: since }) => {
    const bad = open.filter((one) => (one.connector === 0 || one.connector === connector) && one.minute >= since);
    return bad.length > 0 ? 'Faulted' : value;
  });
  if (shown.length === 0) shown.push(...open.map(() => 'Faulted'));
  if (shown.length === 0) return 'unknown';
  if (station === 'Faulted' || shown.every((one) => one === 'Faulted')) return 'faulted';
  if (station === 'Unavailable' || shown.every((one) => one === 'Faulted' || one === 'Unavailable')) return 'unavailable';
  return isOffline ? 'offline' : 'up';
}
