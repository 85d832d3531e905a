import { readFile, rename, writeFile } from 'node:fs/promises';
import { CsmsError, type StationRef } from '@voltbus/contracts';
import type { Evictions } from '../provisioning';
import type { LocalCertificateAuthority } from './authority/local-certificate-authority';
import type { CertificateEvents } from './certificate-events';
import type { StationCertificate } from './domain/certificate';
import { LIST_RENEWED_MS } from './limits';
import type { TypeormCertificates } from './store/typeorm-certificates';
import type { TypeormRevocations } from './store/typeorm-revocations';

interface RevocationsParts {
  store: TypeormCertificates;
  lists: TypeormRevocations;
  evictions: Pick<Evictions, 'of'>;
  events: CertificateEvents;
  /** Null: another authority keeps its own list. */
  authority: LocalCertificateAuthority | null;
  /** The file to which the list is written; null: to none. */
  file: string | null;
  now(): Date;
}

/** Withdraws certificates of stations: gateways refuse them at once, and the list of the local CA names them for everybody else. */
export class Revocations {
  constructor(private readonly parts: RevocationsParts) {}

  /** Throws `not-found`, and `conflict` where the list is full. Revoking twice changes nothing. */
  async revoke({ tenant, station, id }: StationRef & { id: string }, by: { actor: string; reason: string }): Promise<StationCertificate> {
    const { store, evictions, events, now } = this.parts;
    const ref = { tenant, station };
    const revoked = await store.inStation(ref, async (unit) => {
      const found = await unit.certificate(id);
      if (found === null || found.revokedAt !== null) return found;
      const after = { ...found, revokedAt: now(), revokedBy: by.actor, revocationReason: by.reason };
      await unit.writeCertificate(after);
      await unit.refuseRevoked(now(), found.lastUsedAt !== null);
      if (after.chain !== null) await unit.addToList(after);
      return after;
    });
    if (revoked === null) throw new CsmsError('not-found', 'no such certificate');
    await evictions.of(ref);
    await events.revoked(ref, revoked);
    return revoked;
  }

  /** Makes the list anew where something was revoked, or the list is a day old, and writes it to the file. */
  async sweep(): Promise<void> {
    const { authority, lists, store, now, file } = this.parts;
    if (authority === null) return;
    const issuer = await authority.name();
    await store.alone('revocation list', async () => {
      const present = await lists.present(issuer);
      const isDue = present === null || now().getTime() - present.madeAt.getTime() >= LIST_RENEWED_MS;
      if (!isDue && !(await lists.revokedSince(issuer, present.madeAt))) return;
      const number = (present?.number ?? 0) + 1;
      const madeAt = now();
      await lists.write({ issuer, number, madeAt, pem: await authority.revocationList(await lists.revoked(issuer, madeAt), number) });
    });
    const present = await lists.present(issuer);
    if (file !== null && present !== null) await replaceFile(file, present.pem);
  }
}

/** Whoever reads it meanwhile sees the old list or the new one. */
async function replaceFile(path: string, content: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => null);
  if (before === content) return;
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}
