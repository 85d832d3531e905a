import { CsmsError, invalidAt, unknownReference, type Command, type StationRef } from '@voltbus/contracts';
import type { ListSource } from '@voltbus/database';
import { fileOf, unready, type FirmwareImage, type TypeormFirmwareImages } from '../firmware';
import type { RequestFilters, RequestSort, Retries, StationRequest, StationRequests } from '../station-requests';
import { bodyOf, type PublicationBody } from './domain/publication';

const HOUR_MS = 3_600_000;

/** A publication that is asked for. */
export interface WantedPublication extends Retries {
  /** MD5 of the file, hexadecimal; null: as it is known here. */
  checksum: string | null;
  runHours: number;
  /** Hours for which it waits for its local controller. */
  waitHours: number;
}

/** A publication, and the request that ended it last; null: none. */
export interface Publication {
  publication: StationRequest;
  unpublication: StationRequest | null;
}

interface FirmwarePublicationsParts {
  images: Pick<TypeormFirmwareImages, 'held'>;
  publications: StationRequests;
  unpublications: StationRequests;
  /** Whether stations reach an address of our own. */
  hasAddress: boolean;
  now(): Date;
}

/** Firmware that local controllers offer to the stations behind them (L03, L04). */
export class FirmwarePublications {
  constructor(private readonly parts: FirmwarePublicationsParts) {}

  /** Throws `unknown-reference`, `unknown-station`, `invalid` without the checksum or for another one than the file's, and `conflict` where it cannot be. */
  async request(ref: StationRef, image: string, wanted: WantedPublication, by: string): Promise<Publication> {
    const { images, publications, hasAddress, now } = this.parts;
    const publication = await publications.begin(ref, async (transaction, { protocol }) => {
      if (protocol === 'ocpp1.6') throw new CsmsError('conflict', 'a station of OCPP 1.6 publishes no firmware');
      const known = await images.held(transaction, ref.tenant, image);
      if (known === null) throw unknownReference('/image', 'firmware image');
      const fault = unready(known, hasAddress);
      if (fault !== null) throw new CsmsError('conflict', fault);
      const { waitHours, checksum, ...asked } = wanted;
      const body: PublicationBody = { ...asked, image: known, checksum: checksumOf(known, checksum), locations: [] };
      const expiresAt = new Date(now().getTime() + waitHours * HOUR_MS);
      return made(
        await publications.create(transaction, ref, { subject: image, body: { ...body }, requestedBy: by, expiresAt }, { replace: false }),
      );
    });
    return { publication, unpublication: null };
  }

  list(tenant: string): ListSource<StationRequest, RequestFilters, RequestSort> {
    return this.parts.publications.list(tenant);
  }

  /** The same publications with what became of them since: a file is unpublished by its checksum, whatever it was published by. */
  async followed(tenant: string, publications: readonly StationRequest[]): Promise<Publication[]> {
    const ends = await this.parts.unpublications.lastOf(tenant, [...new Set(publications.map((one) => bodyOf(one).checksum))]);
    return publications.map((publication) => ({ publication, unpublication: endOf(publication, ends) }));
  }

  /** Throws `not-found`. */
  async find(tenant: string, id: string): Promise<Publication> {
    const publication = await this.parts.publications.find(tenant, id);
    const ends = await this.parts.unpublications.lastOf(tenant, [bodyOf(publication).checksum]);
    return { publication, unpublication: endOf(publication, ends) };
  }

  /** Throws `not-found`, and `too-late` for one that was sent: that is unpublished. */
  async cancel(tenant: string, id: string): Promise<Publication> {
    await this.parts.publications.cancel(tenant, id);
    return this.find(tenant, id);
  }

  /** Has the local controller offer it no more. Throws `not-found`, and `conflict` for one that was not sent, has not ended, or is unpublished already. */
  async unpublish(tenant: string, id: string, { waitHours }: { waitHours: number }, by: string): Promise<Publication> {
    const { publications, unpublications, now } = this.parts;
    const publication = await publications.find(tenant, id);
    const { station, sentAt, endedAt } = publication;
    if (sentAt === null) throw new CsmsError('conflict', 'it was not sent to the station: cancel it');
    if (endedAt === null) throw new CsmsError('conflict', 'it has not ended yet');
    const { checksum } = bodyOf(publication);
    const ref = { tenant, station };
    const unpublication = await unpublications.begin(ref, async (transaction) => {
      const last = endOf(publication, await unpublications.lastOf(tenant, [checksum], transaction));
      if (last?.endedAt === null) throw new CsmsError('conflict', 'the station is being asked to unpublish it');
      if (last?.state === 'succeeded') throw new CsmsError('conflict', 'it is unpublished already');
      const expiresAt = new Date(now().getTime() + waitHours * HOUR_MS);
      const wanted = { subject: checksum, body: { checksum }, requestedBy: by, expiresAt };
      return made(await unpublications.create(transaction, ref, wanted, { replace: false }));
    });
    return { publication, unpublication };
  }

  /** The end of a command. It may come twice. */
  async onEnded(command: Command): Promise<void> {
    await this.parts.publications.onEnded(command);
    await this.parts.unpublications.onEnded(command);
  }

  /** Sends what is due, and ends what takes too long. Returns how many. */
  async sweep(): Promise<number> {
    return (await this.parts.publications.sweep()) + (await this.parts.unpublications.sweep());
  }
}

/** The request that has ended it: of its station and checksum, made since. */
function endOf(publication: StationRequest, unpublications: readonly StationRequest[]): StationRequest | null {
  const { station, createdAt } = publication;
  const { checksum } = bodyOf(publication);
  return unpublications.find((one) => one.station === station && one.subject === checksum && one.createdAt >= createdAt) ?? null;
}

/** L03.FR.06: of the file that is kept here, or as the operator gives it. */
function checksumOf(image: FirmwareImage, given: string | null): string {
  const known = fileOf(image)?.md5;
  const checksum = given?.toLowerCase() ?? known;
  if (checksum === undefined) throw invalidAt('/checksum', 'the MD5 of the file is needed: it is not known here');
  if (known !== undefined && checksum !== known) throw invalidAt('/checksum', `is not that of the file, which is ${known}`);
  return checksum;
}

/** Requests that stand side by side never wait for one another. */
function made(request: StationRequest | null): StationRequest {
  if (request === null) throw new Error('publications stand side by side');
  return request;
}
