import { STATIONS } from '@voltbus/contracts';
import { v21 } from '@voltbus/ocpp';
import { encryptionKeys } from '@voltbus/runtime';
import { answer, defineBlock, onEach } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { QrCodesController } from './http/qr-codes.controller';
import { SettlementsController } from './http/settlements.controller';
import { WebPaymentsController } from './http/web-payments.controller';
import { notifySettlement } from './ocpp2/notify-settlement';
import { vatNumberValidation } from './ocpp2/vat-number-validation';
import { paymentMigration } from './store/migrations/0100-payment';
import { QrCodeEntity } from './store/qr-code.entity';
import { tables } from './store/tables';
import { TypeormQrCodes } from './store/typeorm-qr-codes';
import { TypeormSettlements } from './store/typeorm-settlements';
import { VatRegister } from './vat-register';
import { WebPayments } from './web-payments';

export const payment = defineBlock({
  name: 'payment',
  migrations: [paymentMigration],
  tables,
  entities: [QrCodeEntity],
  store: ({ database }) => ({ settlements: new TypeormSettlements(database), qrCodes: new TypeormQrCodes(database) }),
  build: ({ store, use, settings, commands, connections, now }) => {
    const { RECEIPT_URL: receiptUrl, VAT_URL: vatUrl } = settings;
    const counted = use(telemetry);
    return {
      ...store,
      settling: { store: store.settlements, telemetry: counted, receiptUrl },
      vatRegister: new VatRegister(vatUrl, counted),
      webPayments: new WebPayments({
        qrCodes: store.qrCodes,
        commands,
        connections,
        telemetry: counted,
        keys: encryptionKeys(settings),
        now,
      }),
    };
  },
  answers: ({ settling, vatRegister }) => [
    answer(v21.NotifySettlement, notifySettlement(settling)),
    answer(v21.VatNumberValidation, vatNumberValidation(vatRegister)),
  ],
  on: ({ qrCodes }) => [onEach(STATIONS.events.deleted, ({ data }) => qrCodes.removeStation(data))],
  controllers: [QrCodesController, SettlementsController, WebPaymentsController],
  provides: (provide) => [
    provide(TypeormQrCodes, ({ qrCodes }) => qrCodes),
    provide(TypeormSettlements, ({ settlements }) => settlements),
    provide(WebPayments, ({ webPayments }) => webPayments),
  ],
});
