import { randomUUID } from 'node:crypto';
import type { ClientCertificate, ConnectionEvent, StationRef } from '@voltbus/contracts';
import { newCertificate, type StationCertificate } from './domain/certificate';
import { OF_THE_CONNECTION } from './domain/certificate-kind';
import { cameWithIt } from './domain/certificate-request';
import type { CertificateUnit } from './store/typeorm-certificate-unit';
import type { TypeormCertificates } from './store/typeorm-certificates';

interface Connected extends StationRef {
  at: Date;
  certificate: ClientCertificate;
}

/** Keeps by which certificate each station connects, whoever has issued it. */
export class ConnectedCertificates {
  constructor(private readonly store: Pick<TypeormCertificates, 'touch' | 'inStation'>) {}

  async onConnected(events: readonly ConnectionEvent[]): Promise<void> {
    const connected = events.flatMap(({ tenant, station, at, certificate }) =>
      certificate === undefined ? [] : [{ tenant, station, at: new Date(at), certificate }],
    );
    if (connected.length === 0) return;
    const known = await this.store.touch(connected.map(({ certificate, ...rest }) => ({ ...rest, fingerprint: certificate.fingerprint })));
    for (const one of connected) if (!known.has(keyOf(one))) await this.first(one);
  }

  /** The first connection by a certificate: what was asked for is in use. */
  private async first({ tenant, station, at, certificate }: Connected): Promise<void> {
    await this.store.inStation({ tenant, station }, async (unit) => {
      const known = (await unit.withFingerprint(certificate.fingerprint)) ?? foreign(station, certificate, at);
      await unit.writeCertificate({ ...known, firstUsedAt: known.firstUsedAt ?? at, lastUsedAt: later(known.lastUsedAt, at) });
      await onFirstUse(unit, known, at);
    });
  }
}

/** One that was issued elsewhere. */
function foreign(station: string, { fingerprint, serial, issuer, notBefore, notAfter }: ClientCertificate, at: Date): StationCertificate {
  return newCertificate({
    ...{ id: randomUUID(), station, kind: OF_THE_CONNECTION, fingerprint, serial, issuer, chain: null, addedAt: at },
    ...{ notBefore: new Date(notBefore), notAfter: new Date(notAfter) },
  });
}

async function onFirstUse(unit: CertificateUnit, { id, kind }: StationCertificate, at: Date): Promise<void> {
  const request = await unit.requestOf(id);
  if (request === null || request.usedAt !== null) return;
  await unit.writeRequest(cameWithIt(request, at));
  await unit.endRenewal(kind, at);
}

function keyOf({ tenant, station, certificate }: Connected): string {
  return `${tenant}/${station}/${certificate.fingerprint}`;
}

function later(one: Date | null, other: Date): Date {
  return one !== null && one > other ? one : other;
}
