# One static binary, with ffmpeg and espeak-ng beside it for what is made of recordings.
#
#   docker build --tag alfaone .
#   docker run --publish 8080:8080 --volume alfaone:/data --env ALFAONE_BASE_URL=https://alfaone.example.org alfaone
FROM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /alfaone ./cmd/alfaone

FROM alpine:3.22
RUN apk add --no-cache ca-certificates espeak-ng ffmpeg tzdata \
    && adduser -S -D -H -u 10001 alfaone \
    && install -d -o alfaone -m 0700 /data
COPY --from=build /alfaone /usr/local/bin/alfaone
COPY LICENSE NOTICE internal/report/font/OFL.txt /usr/share/doc/alfaone/
USER alfaone
ENV ALFAONE_LISTEN=0.0.0.0:8080 \
    ALFAONE_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
    CMD wget -q -O /dev/null http://127.0.0.1:8080/readyz
ENTRYPOINT ["alfaone"]
CMD ["serve"]
