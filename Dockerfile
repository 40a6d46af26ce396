# The twin in a container: docker build -t digital-twin . && docker run -p 8080:8080 -v twin:/data digital-twin
# The same image is a Lambda function: the twin sees by its environment where it is.

FROM mcr.microsoft.com/dotnet/sdk:10.0-alpine AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/DigitalTwin/DigitalTwin.csproj src/DigitalTwin/
RUN dotnet restore src/DigitalTwin
COPY src/DigitalTwin src/DigitalTwin
RUN dotnet publish src/DigitalTwin --no-restore --configuration Release --output /app -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0-alpine
WORKDIR /app
RUN apk add --no-cache tzdata && mkdir /data && chown "$APP_UID" /data
COPY --from=build /app .
ENV ASPNETCORE_HTTP_PORTS=8080 \
    DOTNET_TieredPGO=0 \
    Twin__DataPath=/data
VOLUME /data
EXPOSE 8080
USER $APP_UID
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD wget -q -O /dev/null http://127.0.0.1:8080/health/ready
ENTRYPOINT ["dotnet", "DigitalTwin.dll"]
