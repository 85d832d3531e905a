// What a program does with the client that openapi-generator makes for Go. See ../README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/voltbus/client"
)

const station, password, token, tariff = "CS 1/å", "a password of its own", "CARD-1", "day"

var tenant = os.Getenv("TENANT")

func clientOf(key string) (*voltbus.APIClient, context.Context) {
	configuration := voltbus.NewConfiguration()
	configuration.Servers = voltbus.ServerConfigurations{{URL: os.Getenv("API")}}
	return voltbus.NewAPIClient(configuration), context.WithValue(context.Background(), voltbus.ContextAccessToken, key)
}

func must[T any, R any](answer T, _ R, err error) T {
	if err == nil {
		return answer
	}
	var refused *voltbus.GenericOpenAPIError
	if errors.As(err, &refused) {
		log.Fatalf("%v: %s", err, refused.Body())
	}
	log.Fatal(err)
	return answer
}

func problem[T any, R any](code string) func(T, R, error) {
	return func(_ T, _ R, err error) {
		var refused *voltbus.GenericOpenAPIError
		if !errors.As(err, &refused) {
			log.Fatalf("expected %s, got %v", code, err)
		}
		found, is := refused.Model().(voltbus.Problem)
		if !is || found.Code != code || found.Status < 400 || found.Detail == "" {
			log.Fatalf("expected %s, got %s", code, refused.Body())
		}
	}
}

func until[T any](read func() *T) T {
	for range 240 {
		if found := read(); found != nil {
			return *found
		}
		time.Sleep(250 * time.Millisecond)
	}
	log.Fatal("it did not happen within a minute")
	return *new(T)
}

func tenantPut(defaultTariff *string) voltbus.TenantPut {
	put := voltbus.TenantPut{}
	put.SetName("Made by Go")
	put.SetCurrency("EUR")
	put.SetMinSecurityProfile(voltbus.SECURITYPROFILE__1)
	put.DefaultTariff = *voltbus.NewNullableString(defaultTariff)
	put.SetMasterPassGroupNil()
	put.SetReviewAboveNil()
	return put
}

func main() {
	log.SetFlags(0)
	admin, asAdmin := clientOf(os.Getenv("ADMIN_KEY"))
	must(admin.TenantsAPI.PutTenant(asAdmin, tenant).TenantPut(tenantPut(nil)).Execute())
	scopes := []voltbus.Scope{voltbus.SCOPE_READ, voltbus.SCOPE_OPERATE, voltbus.SCOPE_ADMIN}
	key := must(admin.ApiKeysAPI.CreateApiKey(asAdmin).VoltbusTenant(tenant).ApiKeyPost(*voltbus.NewApiKeyPost("flow", scopes)).Execute())
	api, as := clientOf(key.Key)

	stationPut := voltbus.StationPut{}
	stationPut.SetPassword(password)
	must(api.StationsAPI.PutStation(as, station).StationPut(stationPut).Execute())
	tokenPut := voltbus.TokenPut{AllowedAt: []voltbus.TokenPlaceInput{}}
	tokenPut.SetStatus(voltbus.TOKENSTATUS_ACCEPTED)
	tokenPut.SetGroupIdNil()
	tokenPut.SetExpiresAtNil()
	tokenPut.SetLimitNil()
	tokenPut.SetPrepaidNil()
	must(api.TokensAPI.PutToken(as, token).TokenPut(tokenPut).Execute())
	tokens := must(api.TokensAPI.ListTokens(as).Status([]string{"Accepted", "Blocked"}).Execute())
	if len(tokens.Items) != 1 || tokens.Items[0].IdToken != token {
		log.Fatalf("another list of tokens than expected: %+v", tokens)
	}
	prices := voltbus.TariffPut{Currency: "EUR"}
	prices.SetPerKwh("0.49")
	prices.SetPerMinute("0")
	prices.SetPerIdleMinute("0")
	prices.SetIdleGraceMinutes(0)
	prices.SetFixed("1")
	prices.SetTaxPercent("19")
	must(api.TariffsAPI.PutTariff(as, tariff).TariffPut(prices).Execute())
	name := tariff
	must(admin.TenantsAPI.PutTenant(asAdmin, tenant).TenantPut(tenantPut(&name)).Execute())

	fmt.Printf("connect %s\t%s\n", station, password)
	until(func() *bool {
		if online := must(api.StationsAPI.GetStation(as, station).Execute()).Online; online {
			return &online
		}
		return nil
	})
	start := voltbus.RemoteStartPost{IdToken: token}
	start.SetEvse(1)
	command := must(api.StationsAPI.RemoteStart(as, station).RemoteStartPost(start).Execute())
	started := until(func() *string {
		return must(api.RemoteStartsAPI.GetRemoteStart(as, command.Id).Execute()).Transaction.Get()
	})
	transaction := until(func() *voltbus.BilledTransaction {
		found := must(api.TransactionsAPI.GetTransaction(as, started).Execute())
		if found.State == "ended" {
			return found
		}
		return nil
	})
	cdr := until(func() *voltbus.Cdr { return only(cdrs(api, as)) })
	if cdr.EnergyWh != *transaction.EnergyWh.Get() || cdr.Cost.Fixed != "1.00" || *cdr.IdToken.Get() != token {
		log.Fatalf("another bill than expected: %+v", cdr)
	}

	stranger, asStranger := clientOf(strings.Repeat("wrong", 8))
	problem[*voltbus.Station, any]("unauthorized")(anyOf(stranger.StationsAPI.GetStation(asStranger, station).Execute()))
	problem[*voltbus.Tenant, any]("forbidden")(anyOf(api.TenantsAPI.GetTenant(as, tenant).Execute()))
	problem[*voltbus.Token, any]("not-found")(anyOf(api.TokensAPI.GetToken(as, "nobody").Execute()))
	problem[*voltbus.Tariff, any]("invalid")(anyOf(api.TariffsAPI.PutTariff(as, tariff).TariffPut(voltbus.TariffPut{Currency: "XXX"}).Execute()))
	problem[*voltbus.StationPage, any]("invalid-cursor")(anyOf(api.StationsAPI.ListStations(as).Cursor("nonsense").Execute()))
	missing := "no-such-tariff"
	problem[*voltbus.Tenant, any]("unknown-reference")(anyOf(admin.TenantsAPI.PutTenant(asAdmin, tenant).TenantPut(tenantPut(&missing)).Execute()))
	fmt.Println("done")
}

func anyOf[T any, R any](answer T, response R, err error) (T, any, error) {
	return answer, response, err
}

func cdrs(api *voltbus.APIClient, as context.Context) []voltbus.Cdr {
	found := []voltbus.Cdr{}
	page := must(api.CdrsAPI.ListCdrs(as).Limit(1).Execute())
	for {
		found = append(found, page.Items...)
		cursor := page.NextCursor.Get()
		if cursor == nil {
			return found
		}
		page = must(api.CdrsAPI.ListCdrs(as).Limit(1).Cursor(*cursor).Execute())
	}
}

func only(found []voltbus.Cdr) *voltbus.Cdr {
	if len(found) == 0 {
		return nil
	}
	if len(found) > 1 {
		log.Fatalf("%d CDRs of one session", len(found))
	}
	return &found[0]
}
