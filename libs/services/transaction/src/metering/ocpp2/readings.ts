import { readStationTime } from '@voltbus/contracts';
import type { Lacking, v21 } from '@voltbus/ocpp';
import { readSamples, type Reading, type Sample } from '../domain/reading';

type MeterValue = Lacking<v21.MeterValuesRequest['meterValue'][number], 'timestamp'>;
type SampledValue = MeterValue['sampledValue'][number];

/** J01, J02. `seqNo`: that of the event that carries them. */
export function readings2Of(
  meterValues: readonly MeterValue[],
  where: Pick<Reading, 'evse' | 'transaction'> & Partial<Pick<Reading, 'seqNo' | 'readBy'>>,
  receivedAt: Date,
): Reading[] {
  return meterValues.flatMap(({ timestamp, sampledValue }) =>
    readSamples(sampledValue.map(toSample), { ...where, time: readStationTime(timestamp, receivedAt) }),
  );
}

function toSample({ value, unitOfMeasure, measurand, phase, location, context, signedMeterValue }: SampledValue): Sample {
  return {
    value,
    unit: unitOfMeasure?.unit,
    multiplier: unitOfMeasure?.multiplier,
    measurand,
    phase,
    location,
    context,
    signed: signedMeterValue,
  };
}
