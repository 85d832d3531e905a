import type { Api } from './api';

/** A running Voltbus, whatever its shape, as a proof sees it. */
export interface Shape {
  api: Api;
  /** `ws://host:port/ocpp` of each gateway. */
  ocppUrls: string[];
}

/** Makes a tenant's stations and token ready for a proof; returns the one password of all stations. */
export async function prepare(api: Api, stations: readonly string[], idToken: string): Promise<string> {
  const password = 'correct horse battery';
  for (const station of stations) {
    const { status, body } = await api.put(`/v1/stations/${encodeURIComponent(station)}`, { password });
    if (status >= 300) throw new Error(`PUT station: ${status} ${JSON.stringify(body)}`);
  }
  const { status, body } = await api.put(`/v1/tokens/${encodeURIComponent(idToken)}`, {
    type: 'ISO14443',
    status: 'Accepted',
    concurrent: true,
  });
  if (status >= 300) throw new Error(`PUT token: ${status} ${JSON.stringify(body)}`);
  return password;
}
