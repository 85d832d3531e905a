import type { StationRef } from '@voltbus/contracts';
import { In, type DataSource } from 'typeorm';
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

  /** False: the station has as many as it may. */
  async put(tenant: string, { station, evse, urlTemplate, totp }: QrCode): Promise<boolean> {
    const ref = { tenant, station };
    const replaced = await this.codes.existsBy({ ...ref, evse });
    if (!replaced && (await this.codes.countBy(ref)) >= MAX_QR_CODES) return false;
    const { validitySeconds, length, closedSecret } = totp ?? { validitySeconds: null, length: null, closedSecret: null };
    const code = { ...ref, evse, urlTemplate, validitySeconds, length, closedSecret };
    await this.codes.upsert(code, ['tenant', 'station', 'evse']);
    return true;
  }

  /** False: there was none. */
  async remove({ tenant, station }: StationRef, evse: number): Promise<boolean> {
    const { affected } = await this.codes.delete({ tenant, station, evse });
    return affected !== 0;
  }

  /** Of all the stations of these names; those that are none have none. */
  async of(tenant: string, stations: readonly string[]): Promise<QrCode[]> {
    const codes = await this.codes.find({ where: { tenant, station: In(stations) }, order: { station: 'ASC', evse: 'ASC' } });
    return codes.map(toQrCode);
  }

  async removeStation({ tenant, station }: StationRef): Promise<void> {
    await this.codes.delete({ tenant, station });
  }
}

function toQrCode({ station, evse, urlTemplate, validitySeconds, length, closedSecret }: QrCodeEntity): QrCode {
  const fixed = validitySeconds === null || length === null || closedSecret === null;
  return { station, evse, urlTemplate, totp: fixed ? null : { validitySeconds, length, closedSecret } };
}
