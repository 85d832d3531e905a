type Payload = Record<string, unknown>;

/** Monitors that a small station keeps. */
const MAX_MONITORS = 20;

/** The monitors of a station of 2.x (N02 to N06), and the streams of a station of 2.1 (N11 to N14). They are forgotten with a boot. */
export class Monitors {
  private readonly monitors = new Map<number, Payload>();
  private readonly streams = new Map<number, Payload>();
  private last = 0;

  set(data: Payload): { status: string; id?: number } {
    const { id } = data;
    if (id !== undefined && !this.monitors.has(Number(id))) return { status: 'Rejected' };
    if (id === undefined && this.monitors.size >= MAX_MONITORS) return { status: 'Rejected' };
    if (id === undefined && this.isDuplicate(data)) return { status: 'Duplicate' };
    const number = id === undefined ? ++this.last : Number(id);
    this.monitors.set(number, { ...data, id: number });
    return { status: 'Accepted', id: number };
  }

  clear(id: number): string {
    for (const [stream, { variableMonitoringId }] of this.streams) if (variableMonitoringId === id) this.streams.delete(stream);
    return this.monitors.delete(id) ? 'Accepted' : 'NotFound';
  }

  list(): Payload[] {
    return [...this.monitors.values()];
  }

  /** N11: the constant data of the stream of a monitor. */
  open(monitor: number, params: Payload): Payload {
    const stream = { id: monitor, params, variableMonitoringId: monitor };
    this.streams.set(monitor, stream);
    return stream;
  }

  /** False: there is no such stream. */
  adjust(id: number, params: Payload): boolean {
    const stream = this.streams.get(id);
    if (stream !== undefined) this.streams.set(id, { ...stream, params });
    return stream !== undefined;
  }

  openStreams(): Payload[] {
    return [...this.streams.values()];
  }

  forget(): void {
    this.monitors.clear();
    this.streams.clear();
  }

  /** N04.FR.11: one of the same variable, type and severity. */
  private isDuplicate({ component, variable, type, severity }: Payload): boolean {
    const key = (one: Payload) => JSON.stringify([one['component'], one['variable'], one['type'], one['severity']]);
    return this.list().some((known) => key(known) === key({ component, variable, type, severity }));
  }
}
