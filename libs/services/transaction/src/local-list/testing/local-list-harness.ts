import type { Command, CommandRequest, Protocol } from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import type { Token } from '../../authorization/domain/authorization';
import { commandEnd, startService, type ServiceFixture } from '../../testing/service-fixture';
import { QUIET_MS } from '../../authorization/store/typeorm-token-revisions';

export interface SentList {
  updateType: string;
  listVersion?: number;
  versionNumber?: number;
  localAuthorizationList?: Record<string, unknown>[];
}

/**
 * For specs: tokens of tenants, stations with lists of them, and a clock that goes by itself only as far as it must.
 */
export class LocalListHarness {
  private passed = 0;
  /** Of the last connection. */
  epoch = 0;

  private constructor(readonly service: ServiceFixture) {}

  static async start(): Promise<LocalListHarness> {
    return new LocalListHarness(await startService());
  }

  close(): Promise<void> {
    return this.service.close();
  }

  /** Each test's lists alone: a sweep takes them all. */
  async begin(): Promise<void> {
    await this.service.database.query('TRUNCATE transactions.local_lists, transactions.capabilities, transactions.presence');
    this.service.sent.length = 0;
    this.now();
    this.service.clock.at = () => new Date(Date.now() + this.passed);
  }

  /** The time is what it is, whatever has passed here. */
  now(): void {
    this.passed = 0;
  }

  /** So much time passes here; nobody waits for it. */
  pass(ms: number): void {
    this.passed += ms;
  }

  put(tenant: string, idToken: string, is: Partial<Token> = {}) {
    const token = { idToken, type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: false } as const;
    return this.service.tokenStore.put(tenant, { ...token, ...is });
  }

  remove(tenant: string, idToken: string) {
    return this.service.tokenStore.remove(tenant, idToken);
  }

  on(tenant: string, entriesPerMessage = 100, station = 'CS-1') {
    return this.service.localLists.set({ tenant, station }, () => ({ mode: 'tokens', entriesPerMessage }));
  }

  show(tenant: string, station = 'CS-1') {
    return this.service.localLists.show({ tenant, station });
  }

  connect(tenant: string, protocol: Protocol, station = 'CS-1', epoch = ++this.epoch): Promise<void> {
    return this.service.localLists.onConnected([{ tenant, station, protocol, epoch, gateway: 'gw', at: '', reason: 'connected' }]);
  }

  disconnect(tenant: string, epoch = this.epoch): Promise<void> {
    return this.service.localLists.onDisconnected([
      { tenant, station: 'CS-1', protocol: 'ocpp1.6', epoch, gateway: '', at: '', reason: '' },
    ]);
  }

  /** Sends pending changes, after the quiet time. */
  async sweep(): Promise<void> {
    this.pass(QUIET_MS + 1_000);
    await this.service.localLists.sweep();
  }

  last(): CommandRequest {
    const request = this.service.sent.at(-1);
    if (request === undefined) throw new Error('nothing was asked');
    return request;
  }

  /** The list sent last, which a station of that version takes. */
  sent(protocol: Protocol = 'ocpp1.6'): SentList {
    const { action, payload } = this.last();
    expect(action).toBe('SendLocalList');
    expect(checkRequest(protocol, action, payload, 'strict')).toMatchObject({ ok: true });
    return payload as unknown as SentList; // checked by its schema
  }

  end(request: CommandRequest, how: Partial<Command>): Promise<void> {
    return this.service.localLists.onAnswered(commandEnd(request, how));
  }

  /** The station's answer to its last command. */
  answer(response: object): Promise<void> {
    return this.end(this.last(), { response });
  }

  accept(): Promise<void> {
    return this.answer({ status: 'Accepted' });
  }

  /** Switched on, connected, with the tokens given. */
  async synced(tenant: string, tokens: readonly string[], protocol: Protocol = 'ocpp1.6', station = 'CS-1'): Promise<void> {
    for (const idToken of tokens) await this.put(tenant, idToken);
    await this.on(tenant, undefined, station);
    await this.connect(tenant, protocol, station);
    await this.sweep();
    await this.answer(protocol === 'ocpp1.6' ? { listVersion: 0 } : { versionNumber: 0 });
    await this.accept();
    expect(await this.show(tenant, station)).toMatchObject({ state: 'in-sync' });
    this.service.sent.length = 0;
  }
}

/** The idTags in a list of 1.6. */
export function tags({ localAuthorizationList = [] }: SentList): unknown[] {
  return localAuthorizationList.map(({ idTag }) => idTag);
}
