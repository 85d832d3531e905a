export { TransactionHttpModule, TransactionWorkerModule } from './transaction.module';
export { TABLES } from './store/tables';
