import { CsmsError, stationKey, type StationRef } from '@voltbus/contracts';
import { lockNamed } from '@voltbus/database';
import { In, type DataSource, type EntityManager } from 'typeorm';
import { QrCodeEntity } from './qr-code.entity';

/** The QR code of an EVSE, or of every EVSE of the station without its own. */
export interface QrCode {
  station: string;
  /** `WHOLE_STATION`, or the EVSE. */
  evse: number;
  urlTemplate: string;
  /** Null: it is always the same (a sticker). */
  totp: { validitySeconds: number; length: number; closedSecret: Buffer } | null;
}

/** QR codes of one station: as many as it may have connectors. */
export const MAX_QR_CODES = 128;

/** What drivers scan, per station and EVSE. */
export class TypeormQrCodes {
  constructor(private readonly dataSource: DataSource) {}

  private get codes() {
    return this.dataSource.getRepository(QrCodeEntity);
  }

  /** Stores what `decide` makes of the QR code while no other one of the station changes. Throws `conflict` where the station has as many as it may. */
  change({ tenant, station }: StationRef, evse: number, decide: (before: QrCode | null) => QrCode): Promise<QrCode> {
    return this.inStation({ tenant, station }, async (manager) => {
      const codes = manager.getRepository(QrCodeEntity);
      const found = await codes.findOneBy({ tenant, station, evse });
      if (found === null && (await codes.countBy({ tenant, station })) >= MAX_QR_CODES)
        throw new CsmsError('conflict', `the station has ${MAX_QR_CODES} QR codes already`);
      const after = decide(found === null ? null : toQrCode(found));
      const { validitySeconds, length, closedSecret } = after.totp ?? { validitySeconds: null, length: null, closedSecret: null };
      const code = { tenant, station, evse, urlTemplate: after.urlTemplate, validitySeconds, length, closedSecret };
      await codes.upsert(code, ['tenant', 'station', 'evse']);
      return after;
    });
  }

  /** `mayRemove` is called while no QR code of the station changes. */
  remove({ tenant, station }: StationRef, evse: number, mayRemove: (before: QrCode | null) => void): Promise<void> {
    return this.inStation({ tenant, station }, async (manager) => {
      const found = await manager.findOneBy(QrCodeEntity, { tenant, station, evse });
      mayRemove(found === null ? null : toQrCode(found));
      await manager.delete(QrCodeEntity, { tenant, station, evse });
    });
  }

  /** Null: it has none there. */
  async find({ tenant, station }: StationRef, evse: number): Promise<QrCode | null> {
    const found = await this.codes.findOneBy({ tenant, station, evse });
    return found === null ? null : toQrCode(found);
  }

  /** Of all the stations of these names; those that are none have none. */
  async of(tenant: string, stations: readonly string[]): Promise<QrCode[]> {
    const codes = await this.codes.find({ where: { tenant, station: In(stations) }, order: { station: 'ASC', evse: 'ASC' } });
    return codes.map(toQrCode);
  }

  private inStation<T>(ref: StationRef, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `qr codes of ${stationKey(ref)}`);
      return work(manager);
    });
  }

  async removeStation({ tenant, station }: StationRef): Promise<void> {
    await this.codes.delete({ tenant, station });
  }
}

function toQrCode({ station, evse, urlTemplate, validitySeconds, length, closedSecret }: QrCodeEntity): QrCode {
  const fixed = validitySeconds === null || length === null || closedSecret === null;
  return { station, evse, urlTemplate, totp: fixed ? null : { validitySeconds, length, closedSecret } };
}
