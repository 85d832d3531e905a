type Payload = Record<string, unknown>;

/** Messages that a station keeps; small displays have no more. */
const MAX_MESSAGES = 10;
const FORMATS: readonly unknown[] = ['ASCII', 'UTF8', 'URI'];

/** The messages on the display of a station of 2.x (O01 to O06). They survive a boot (O01.FR.12). */
export class DisplayMessages {
  private readonly messages = new Map<number, Payload>();

  constructor(private readonly isRunning: (transactionId: string) => boolean) {}

  set(message: Payload): string {
    this.removeEnded();
    const { id, message: content, transactionId, priority } = message;
    if (!FORMATS.includes((content as Payload | undefined)?.['format'])) return 'NotSupportedMessageFormat';
    if (transactionId !== undefined && !this.isRunning(String(transactionId))) return 'UnknownTransaction';
    if (!this.messages.has(Number(id)) && this.messages.size >= MAX_MESSAGES) return 'Rejected';
    // O02.FR.18: one in front of all replaces the one before it
    if (priority === 'AlwaysFront')
      for (const [other, { priority: held }] of this.messages) if (held === 'AlwaysFront') this.messages.delete(other);
    this.messages.set(Number(id), message);
    return 'Accepted';
  }

  list(): Payload[] {
    this.removeEnded();
    return [...this.messages.values()];
  }

  /** False: there is none of that id. */
  clear(id: number): boolean {
    this.removeEnded();
    return this.messages.delete(id);
  }

  /** O01.FR.07, O02.FR.02. */
  private removeEnded(): void {
    for (const [id, { endDateTime, transactionId }] of this.messages) {
      const isOver = endDateTime !== undefined && Date.parse(String(endDateTime)) <= Date.now();
      if (isOver || (transactionId !== undefined && !this.isRunning(String(transactionId)))) this.messages.delete(id);
    }
  }
}
