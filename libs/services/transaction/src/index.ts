export { TransactionHttpModule, TransactionWorkerModule } from './transaction.module';
