import type { DemoPlace } from '@voltbus/runtime';

/** Client of the API, used as an operator's script would use it. */
export class DemoApi {
  constructor(
    private readonly place: Pick<DemoPlace, 'apiUrl' | 'adminKey'>,
    private readonly tenant: string,
  ) {}

  async put(path: string, body: object): Promise<void> {
    await this.send('PUT', path, body);
  }

  /** Changes some members of a resource; the others stay the same. */
  async patch(path: string, body: object): Promise<void> {
    await this.send('PATCH', path, body);
  }

  private async send(method: string, path: string, body: object): Promise<void> {
    const { apiUrl, adminKey } = this.place;
    const headers = { authorization: `Bearer ${adminKey}`, 'voltbus-tenant': this.tenant, 'content-type': 'application/json' };
    const answer = await fetch(`${apiUrl}${path}`, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  }
}
