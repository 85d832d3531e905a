import fc from 'fast-check';
import type { Command, CommandRequest, Protocol } from '@voltbus/contracts';
import { inBudget, listed } from '@voltbus/testing';
import { commandEnd, startService, type ServiceFixture } from '../testing/service-fixture';
import { UNANSWERED_MS } from './domain/local-list';
import { QUIET_MS } from '../authorization/store/typeorm-token-revisions';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

type Entry = { idTag?: string; idTagInfo?: unknown; idToken?: { idToken: string; type: string }; idTokenInfo?: unknown };

/** A station as the specification has it: refuses a Differential that is not newer, and what does not fit its list. */
class Station {
  private version = 0;
  private entries = new Map<string, unknown>();

  constructor(private readonly protocol: Protocol) {}

  get list(): unknown {
    return Object.fromEntries([...this.entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  answer({ action, payload }: CommandRequest): object {
    const word = this.protocol === 'ocpp1.6' ? 'listVersion' : 'versionNumber';
    if (action === 'GetLocalListVersion') return { [word]: this.version };
    const version = Number(payload[word]);
    const entries = (payload['localAuthorizationList'] ?? []) as Entry[]; // as we sent it
    const keys = entries.map((entry) => this.keyOf(entry).toUpperCase());
    expect(new Set(keys).size).toBe(keys.length); // D01.FR.06
    expect(version).toBeGreaterThan(0); // D01.FR.18
    if (payload['updateType'] === 'Differential' && version <= this.version) return { status: 'VersionMismatch' }; // D01.FR.19
    if (payload['updateType'] === 'Full') this.entries.clear();
    for (const entry of entries) {
      const info = entry.idTagInfo ?? entry.idTokenInfo;
      if (info === undefined) this.entries.delete(this.keyOf(entry).toUpperCase());
      else this.entries.set(this.keyOf(entry).toUpperCase(), info);
    }
    this.version = version;
    return { status: 'Accepted' };
  }

  /** Its memory is that of an earlier day. */
  backup(): Station {
    const copy = new Station(this.protocol);
    copy.version = this.version;
    copy.entries = new Map(this.entries);
    return copy;
  }

  private keyOf({ idTag, idToken }: Entry): string {
    return idTag ?? `${idToken?.idToken} ${idToken?.type}`;
  }
}

const token = fc.constantFrom('A', 'B', 'C', 'D', 'E');
const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('put' as const), token, type: fc.constantFrom('ISO14443', 'eMAID'), blocked: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), token }) },
  { weight: 6, arbitrary: fc.constantFrom({ kind: 'answer' as const }, { kind: 'sweep' as const }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      { kind: 'lose' as const, heard: true },
      { kind: 'lose' as const, heard: false },
      { kind: 'refuse' as const },
      { kind: 'reconnect' as const },
      { kind: 'force' as const },
      { kind: 'save' as const },
      { kind: 'revert' as const },
    ),
  },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

let runs = 0;
let epoch = 0;

/** A tenant with one station, to which things happen. */
class Story {
  readonly tenant = `story-${++runs}`;
  private readonly ref = { tenant: this.tenant, station: 'CS-1' };
  private passed = 0;
  private station: Station;
  private saved: Station;

  constructor(
    private readonly protocol: Protocol,
    private readonly perMessage: number,
  ) {
    this.station = new Station(protocol);
    this.saved = this.station.backup();
  }

  async begin(): Promise<void> {
    service.sent.length = 0;
    service.clock.at = () => new Date(Date.now() + this.passed);
    await service.database.query('DELETE FROM transactions.local_lists');
    await service.localLists.set(this.ref, () => ({ mode: 'tokens', entriesPerMessage: this.perMessage }));
    await this.connect();
  }

  async happen(what: Happening): Promise<void> {
    if (what.kind === 'put') return this.put(what);
    if (what.kind === 'remove') return void (await service.tokenStore.remove(this.tenant, what.token));
    if (what.kind === 'sweep') return this.sweep();
    if (what.kind === 'answer') return this.end((request) => ({ status: 'answered', response: this.station.answer(request) }));
    if (what.kind === 'refuse') return this.end(() => ({ status: 'error', error: { code: 'InternalError', description: '' } }));
    if (what.kind === 'reconnect') return this.connect();
    if (what.kind === 'force') return service.localLists.force(this.ref);
    if (what.kind === 'lose') return this.lose(what.heard);
    if (what.kind === 'save') this.saved = this.station.backup();
    else this.station = this.saved.backup();
    return this.connect(); // its memory changed while it was away
  }

  /** Nothing more goes wrong. */
  async calm(): Promise<void> {
    // patience may be at its end; nothing else is helped, least of all with a Full
    if ((await service.localLists.show(this.ref)).state === 'failed') await service.localLists.force(this.ref);
    await this.connect();
    for (let round = 0; round < 40; round += 1) {
      await this.sweep();
      await this.happen({ kind: 'answer' });
    }
  }

  async isRight(): Promise<void> {
    const tokens = await listed(service.tokenStore.list(this.tenant), {}, 'idToken');
    const wanted = tokens.map(({ idToken, type, status }) => [
      this.protocol === 'ocpp1.6' ? idToken : `${idToken} ${type}`.toUpperCase(),
      { status },
    ]);
    expect(this.station.list).toEqual(Object.fromEntries(wanted as [string, unknown][]));
    expect(await service.localLists.show(this.ref)).toMatchObject({ state: 'in-sync' });
  }

  private put({ token: idToken, type, blocked }: Extract<Happening, { kind: 'put' }>): Promise<void> {
    const status = blocked ? 'Blocked' : 'Accepted';
    return service.tokenStore.put(this.tenant, { idToken, type, status, groupId: null, expiresAt: null, concurrent: false });
  }

  private connect(): Promise<void> {
    epoch += 1;
    return service.localLists.onConnected([{ ...this.ref, protocol: this.protocol, epoch, gateway: '', at: '', reason: '' }]);
  }

  private sweep(): Promise<void> {
    this.passed += QUIET_MS + 1_000;
    return service.localLists.sweep();
  }

  /** The call, or its answer, does not arrive. */
  private async lose(received: boolean): Promise<void> {
    await this.end((request) => {
      if (received) this.station.answer(request);
      return { status: 'unknown' };
    });
    this.passed += UNANSWERED_MS;
  }

  private async end(how: (request: CommandRequest) => Partial<Command>): Promise<void> {
    const request = service.sent.shift();
    if (request === undefined) return;
    await service.localLists.onAnswered(commandEnd(request, how(request)));
  }
}

it.each(['ocpp1.6', 'ocpp2.1'] as const)(
  'D01, %s: whatever changes, is lost, refused, forced or restored on the way, the station has the tokens in the end',
  async (protocol) => {
    const stories = fc.array(happening, { minLength: 5, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        stories,
        fc.integer({ min: 1, max: 3 }),
        inBudget(async (events: readonly Happening[], perMessage: number) => {
          const story = new Story(protocol, perMessage);
          await story.begin();
          for (const what of events) await story.happen(what);
          await story.calm();
          await story.isRight();
        }),
      ),
      { numRuns: 25 },
    );
  },
);
