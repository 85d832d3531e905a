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
  async change(path: string, body: object): Promise<void> {
    const before = (await this.send('GET', path)) as object; // a resource of the API
    await this.put(path, { ...before, ...body });
  }

  private async send(method: string, path: string, body?: object): Promise<unknown> {
    const { apiUrl, adminKey } = this.place;
    const headers = { authorization: `Bearer ${adminKey}`, 'voltbus-tenant': this.tenant, 'content-type': 'application/json' };
    const answer = await fetch(`${apiUrl}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}
