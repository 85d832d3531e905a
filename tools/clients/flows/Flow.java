import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.UUID;
import voltbus.ApiClient;
import voltbus.ApiException;
import voltbus.api.*;
import voltbus.model.*;

/** What a program does with the client that openapi-generator makes for Java. See ../README.md. */
public class Flow {
  private static final String TENANT = System.getenv("TENANT");
  private static final String STATION = "CS 1/å";
  private static final String PASSWORD = "a password of its own";
  private static final String TOKEN = "CARD-1";
  private static final String TARIFF = "day";

  interface Call<T> {
    T run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    ApiClient admin = clientOf(System.getenv("ADMIN_KEY"));
    TenantsApi tenants = new TenantsApi(admin);
    tenants.putTenant(tenantPut(null));
    ApiKeyPost keyPost = new ApiKeyPost().name("flow").scopes(new LinkedHashSet<>(List.of(Scope.READ, Scope.OPERATE, Scope.ADMIN)));
    var keyRequest = ApiKeysApi.APICreateApiKeyRequest.newBuilder().apiKeyPost(keyPost).voltbusTenant(TENANT).build();
    ApiClient client = clientOf(new ApiKeysApi(admin).createApiKey(keyRequest).getKey());
    StationsApi stations = new StationsApi(client);
    stations.putStation(
        StationsApi.APIPutStationRequest.newBuilder().station(STATION).stationPut(new StationPut().password(PASSWORD)).build());
    TokenPut token = new TokenPut().status(TokenStatus.ACCEPTED).allowedAt(List.of());
    new TokensApi(client).putToken(TokensApi.APIPutTokenRequest.newBuilder().idToken(TOKEN).tokenPut(token).build());
    List<String> either = List.of("Accepted", "Blocked");
    TokenPage tokens = new TokensApi(client).listTokens(TokensApi.APIListTokensRequest.newBuilder().status(either).build());
    if (tokens.getItems().size() != 1) throw new IllegalStateException("another list of tokens than expected: " + tokens);
    TariffPut prices = new TariffPut().currency("EUR").perKwh("0.49").perMinute("0").perIdleMinute("0").idleGraceMinutes(0);
    TariffsApi tariffs = new TariffsApi(client);
    tariffs.putTariff(tariffRequest(prices.fixed("1").taxPercent("19")));
    tenants.putTenant(tenantPut(TARIFF));

    System.out.println("connect " + STATION + "\t" + PASSWORD);
    var stationRequest = StationsApi.APIGetStationRequest.newBuilder().station(STATION).build();
    until(() -> stations.getStation(stationRequest).getOnline() ? true : null);
    RemoteStartPost start = new RemoteStartPost().idToken(TOKEN).evse(1);
    Command command = stations.remoteStart(StationsApi.APIRemoteStartRequest.newBuilder().station(STATION).remoteStartPost(start).build());
    var remoteStart = RemoteStartsApi.APIGetRemoteStartRequest.newBuilder().command(command.getId()).build();
    UUID id = until(() -> new RemoteStartsApi(client).getRemoteStart(remoteStart).getTransaction());
    var transactionRequest = TransactionsApi.APIGetTransactionRequest.newBuilder().id(id).build();
    BilledTransaction transaction = until(() -> {
      BilledTransaction found = new TransactionsApi(client).getTransaction(transactionRequest);
      return found.getState().getValue().equals("ended") ? found : null;
    });
    List<Cdr> cdrs = until(() -> cdrs(client));
    Cdr cdr = cdrs.get(0);
    if (cdrs.size() != 1 || !cdr.getEnergyWh().equals(transaction.getEnergyWh()) || !cdr.getCost().getFixed().equals("1.00"))
      throw new IllegalStateException("another bill than expected: " + cdrs);

    problem("unauthorized", () -> new StationsApi(clientOf("wrong".repeat(8))).getStation(stationRequest));
    problem("forbidden", () -> new TenantsApi(client).getTenant(TenantsApi.APIGetTenantRequest.newBuilder().tenant(TENANT).build()));
    problem("not-found", () -> new TokensApi(client).getToken(TokensApi.APIGetTokenRequest.newBuilder().idToken("nobody").build()));
    problem("invalid", () -> tariffs.putTariff(tariffRequest(new TariffPut().currency("XXX"))));
    problem("invalid-cursor", () -> stations.listStations(StationsApi.APIListStationsRequest.newBuilder().cursor("nonsense").build()));
    problem("unknown-reference", () -> tenants.putTenant(tenantPut("no-such-tariff")));
    System.out.println("done");
  }

  private static ApiClient clientOf(String key) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("API"));
    return client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + key));
  }

  private static TenantsApi.APIPutTenantRequest tenantPut(String defaultTariff) {
    TenantPut put = new TenantPut().name("Made by Java").currency("EUR").minSecurityProfile(SecurityProfile.NUMBER_1);
    return TenantsApi.APIPutTenantRequest.newBuilder().tenant(TENANT).tenantPut(put.defaultTariff(defaultTariff)).build();
  }

  private static TariffsApi.APIPutTariffRequest tariffRequest(TariffPut prices) {
    return TariffsApi.APIPutTariffRequest.newBuilder().tariff(TARIFF).tariffPut(prices).build();
  }

  /** All CDRs, page by page; null: there is none yet. */
  private static List<Cdr> cdrs(ApiClient client) throws ApiException {
    List<Cdr> found = new ArrayList<>();
    String cursor = null;
    do {
      CdrPage page = new CdrsApi(client).listCdrs(CdrsApi.APIListCdrsRequest.newBuilder().limit(1).cursor(cursor).build());
      found.addAll(page.getItems());
      cursor = page.getNextCursor();
    } while (cursor != null);
    return found.isEmpty() ? null : found;
  }

  private static <T> T until(Call<T> read) throws Exception {
    for (int attempt = 0; attempt < 240; attempt++) {
      T found = read.run();
      if (found != null) return found;
      Thread.sleep(250);
    }
    throw new IllegalStateException("it did not happen within a minute");
  }

  private static void problem(String code, Call<?> asked) throws Exception {
    try {
      throw new IllegalStateException("expected " + code + ", got " + asked.run());
    } catch (ApiException refused) {
      Problem found = new ObjectMapper().readValue(refused.getResponseBody(), Problem.class);
      if (!code.equals(found.getCode()) || found.getStatus() != refused.getCode())
        throw new IllegalStateException("expected " + code + ", got " + refused.getResponseBody());
    }
  }
}
