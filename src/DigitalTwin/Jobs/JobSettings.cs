namespace DigitalTwin.Jobs;

/// <summary>Section <c>Twin:Jobs</c>.</summary>
/// <param name="Worker">
/// Whether this process takes due jobs by itself, which is the default. Where it is frozen between requests, events run them instead.
/// </param>
/// <param name="LeaseSeconds">How long a worker may have a job before another one takes it over; 60 by default.</param>
public sealed record JobSettings(bool Worker, int LeaseSeconds) : ICheckedSettings
{
    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    public static JobSettings From(IConfiguration configuration) => new(
        configuration.GetValue("Twin:Jobs:Worker", true), configuration.GetValue("Twin:Jobs:LeaseSeconds", 60));

    public IEnumerable<string> Problems()
    {
        if (LeaseSeconds is < 1 or > 3600)
        {
            yield return "Twin:Jobs:LeaseSeconds: must be between 1 and 3600.";
        }
    }
}
