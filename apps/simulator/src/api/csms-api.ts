import { readFileSync } from 'node:fs';
import { ApiProblem, NoAnswer, VoltbusClient, type PagePath } from '@voltbus/api-client';
import type { Cdr, Command, Transaction } from '@voltbus/contracts';
import { COMMAND_SECONDS, type SentCommand } from '../fleet/commander';
import { TOKEN_GROUP, TARIFF } from '../proof/price';
import type { Account } from '../proof/verify';

/** The fleet's own tariff is that of its token group. */
const NEW_TENANT = { currency: 'EUR', defaultTariff: null };
const IF_NEW = { headers: { 'If-None-Match': '*' } };

/** What the simulator asks of Voltbus's API. */
export class CsmsApi {
  private readonly client: VoltbusClient;

  constructor(
    private readonly url: string,
    keyFile: string,
    private readonly tenant: string,
  ) {
    this.client = new VoltbusClient({ baseUrl: url, key: readKey(keyFile), tenant });
  }

  /** Creates the tenant if it does not exist, the stations, and the token, in a token group that has a tariff of its own. */
  async register(stations: readonly { station: string; password: string | undefined }[], idToken: string): Promise<void> {
    try {
      const { currency } = await this.ensureTenant();
      for (const { station, password } of stations) await this.ensureStation(station, password === undefined ? {} : { password });
      await this.ensurePrice(currency);
      await this.ensureToken(idToken);
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** A command that every station of every version carries out. */
  async sendCommand(station: string): Promise<SentCommand> {
    const body = { action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' }, ttl: COMMAND_SECONDS };
    const { id } = await this.client.post('/v1/stations/{station}/commands', { path: { station }, body });
    return { id, station };
  }

  async command(id: string): Promise<Pick<Command, 'id' | 'status'> | null> {
    try {
      return await this.client.get('/v1/commands/{id}', { path: { id } });
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw this.explained(error);
    }
  }

  async account(station: string): Promise<Account> {
    const query = { station: [station], limit: 200 };
    try {
      return {
        transactions: await this.all<Transaction>('/v1/transactions', query),
        // in this order: a CDR that is released meanwhile is read twice, not never
        held: await this.all<Cdr>('/v1/cdrs', { ...query, review: ['held'] }),
        cdrs: await this.all<Cdr>('/v1/cdrs', query),
      };
    } catch (error) {
      throw this.explained(error);
    }
  }

  private async ensureTenant(): Promise<{ currency: string }> {
    const path = { tenant: this.tenant };
    try {
      return await this.client.get('/v1/tenants/{tenant}', { path });
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 404) return this.client.put('/v1/tenants/{tenant}', { path, body: NEW_TENANT });
      throw error;
    }
  }

  private ensureStation(station: string, body: { password?: string }): Promise<void> {
    const path = { station };
    return ensure(this.client.put('/v1/stations/{station}', { path, body, ...IF_NEW }), () =>
      this.client.patch('/v1/stations/{station}', { path, body }),
    );
  }

  private async ensurePrice(currency: string): Promise<void> {
    const tariff = TOKEN_GROUP.toLowerCase();
    const priced = { path: { tariff }, body: { ...TARIFF, currency } };
    await ensure(this.client.put('/v1/tariffs/{tariff}', { ...priced, ...IF_NEW }), () =>
      this.client.patch('/v1/tariffs/{tariff}', priced),
    );
    const assigned = { path: { kind: 'token-group' as const, group: TOKEN_GROUP }, body: { tariff } };
    await ensure(this.client.put('/v1/tariff-assignments/{kind}/{group}', { ...assigned, ...IF_NEW }), () =>
      this.client.patch('/v1/tariff-assignments/{kind}/{group}', assigned),
    );
  }

  private ensureToken(idToken: string): Promise<void> {
    const body = { type: 'ISO14443', status: 'Accepted', concurrent: true, groupId: TOKEN_GROUP } as const;
    const token = { path: { idToken }, body };
    return ensure(this.client.put('/v1/tokens/{idToken}', { ...token, ...IF_NEW }), () => this.client.patch('/v1/tokens/{idToken}', token));
  }

  /** The items of a list in the terms of our contracts, which are those of the API. */
  private async all<T>(
    path: PagePath & ('/v1/transactions' | '/v1/cdrs'),
    query: { station: string[]; limit: number; review?: 'held'[] },
  ): Promise<T[]> {
    const items: T[] = [];
    for await (const item of this.client.items(path, { query })) items.push(item as T);
    return items;
  }

  private explained(error: unknown): unknown {
    return error instanceof NoAnswer
      ? new Error(`nothing answers at ${this.url} (--api): is the system running?`, { cause: error })
      : error;
  }
}

/** Makes a resource; where it exists, changes its members that are given, and leaves the others to the operator who set them. */
async function ensure(made: Promise<unknown>, change: () => Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 412)) throw error;
    await change();
  }
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`there is no API key in ${file}: --key-file names the file that \`npm start\` shows as the administrator's key`, {
      cause: error,
    });
  }
}
