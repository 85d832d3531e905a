import type { Protocol, StationRef } from '@voltbus/contracts';
import { nameFor, variableId, type StoredVariable, type TypeormDeviceModel } from '../device-model';
import type { StoreLimits } from './domain/root-rules';

const NAMES = {
  entries: { component: 'SecurityCtrlr', variable: 'CertificateEntries' },
  storeLength: { key: 'CertificateStoreMaxLength' },
  chainSize: { component: 'SecurityCtrlr', variable: 'MaxCertificateChainSize' },
  checksRoots: { component: 'SecurityCtrlr', variable: 'AdditionalRootCertificateCheck' },
} as const;

/** What a station has told of its store of certificates in its device model. */
export async function storeLimitsOf(model: Pick<TypeormDeviceModel, 'find'>, ref: StationRef, protocol: Protocol): Promise<StoreLimits> {
  const ids = Object.fromEntries(
    Object.entries(NAMES).map(([name, given]) => {
      const named = nameFor(protocol, given);
      return [name, named === null ? '' : variableId(named)];
    }),
  ) as Record<keyof typeof NAMES, string>;
  const variables = await model.find(
    ref,
    Object.values(ids).filter((id) => id !== ''),
  );
  const of = (name: keyof typeof NAMES): StoredVariable | undefined => variables.find(({ id }) => id === ids[name]);
  const value = (name: keyof typeof NAMES): string | null => of(name)?.attributes.Actual?.value ?? null;
  return {
    // the value is how many there are now, the limit is how many there may be
    entries: protocol === 'ocpp1.6' ? count(value('storeLength')) : (of('entries')?.characteristics?.maxLimit ?? null),
    chainSize: count(value('chainSize')),
    checksRoots: value('checksRoots')?.trim().toLowerCase() === 'true',
  };
}

function count(value: string | null): number | null {
  return value !== null && /^\s*\d{1,9}\s*$/.test(value) ? Number(value) : null;
}
