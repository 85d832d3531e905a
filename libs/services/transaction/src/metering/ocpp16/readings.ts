import { readStationTime } from '@voltbus/contracts';
import type { Lacking, v16 } from '@voltbus/ocpp';
import { readSamples, type Reading, type Sample } from '../domain/reading';

type MeterValue = Lacking<v16.MeterValuesRequest['meterValue'][number], 'timestamp'>;
type SampledValue = MeterValue['sampledValue'][number];

/** Section 4.7; in 1.6 a connector is what later versions call an EVSE. */
export function readings16Of(
  meterValues: readonly MeterValue[],
  where: Pick<Reading, 'evse' | 'transaction' | 'readBy'>,
  receivedAt: Date,
): Reading[] {
  return meterValues.flatMap(({ timestamp, sampledValue }) =>
    readSamples(sampledValue.map(toSample), { ...where, time: readStationTime(timestamp, receivedAt) }),
  );
}

/**
 * A stop's own readings may be sent beside MeterValues or instead of them. A value is signed beside its raw one, or
 * instead of it.
 */
function toSample(sampled: SampledValue): Sample {
  const { value, unit, measurand, phase, location, context, format } = sampled;
  const signed = format === 'SignedData' ? { signed: sampled, onlySigned: true } : {};
  return { value, unit, measurand, phase, location, context, ...signed };
}
