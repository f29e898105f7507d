//! The types whose samples are tested. `UPDATE_GOLDEN=1` writes this file.
#![allow(deprecated, reason = "deprecated types have samples too")]

use crm_clients_runtime::mock::sample;

use crate::themes as clients;

samples! {
    all_of {
        Animal, AnimalDiet, AnimalHome, Ant, Dog, DogBreed, DogHome, DogSize, DogsCreateRequest, OneOfThem,
        OneOfThemWithEmail, OneOfThemWithPhone
    }
    as_meant {
        Note
    }
    body_types {
        Change, Thing, ThingsReplaceVndAcmeV2Request
    }
    callbacks {
        EndedEvent, MovedEvent, NewsEvent, Resumed, SubscriptionsCreateRequest
    }
    clashes {
        Base, BaseEither, BaseInner, BaseNarrowed, Thing, ThingInner, ThingListItem, ThingNarrowed
    }
    colon_paths {
       
    }
    common_properties {
        Absent, Beside, BesideClosed, BesideOpened, Contact, ContactWithEmail, ContactWithPhone, Holder,
        Inherited, Mail, Paid, PaidRead, PaidReadWithCard, PaidReadWithIban, Part, PartRead, PartSent,
        Partial, PartialRead, PartialSent, Read, Sent
    }
    constants {
        Order, OrdersUpdateRequest
    }
    conversions {
        Create, CreateData, CreateDataAttributes, CreateDataRelationships, CreateDataRelationshipsChoice,
        Flag, Level, SiteId, ToSite, ToTags, ToTagsDataItem
    }
    cookies_deep {
        Filter, FilterCreated, ThingsListFlags, ThingsListMust, ThingsListPrefs
    }
    cycles {
        Back, Branch, Either, Endless, Filter, Forth, Left, LeftChild, Node, Not, Part, Ring, Tree, Whole
    }
    default_mapping {
        Circle, Created, Deleted, Event, OtherEvent, Polygon, Shape, ShapeBase
    }
    default_only {
        Refusal, Thing
    }
    defaults {
        Links, LinksInput, Owner, Page, PageInput, Refusal
    }
    directions {
        Label, Owner, OwnerInput, Team, TeamInput, User, UserInput, UserPatch
    }
    documentation {
        Old, Page, PageColor, PageInline, PageInlineDeep
    }
    duplicates {
        GrandTotal, ReportsGetAllReportsResponse, ReportsGetReportsResponse, SumsListResponse,
        SumsListResponseMeta, Total
    }
    dynamic_references {
        Group, GroupsListResponse, LabelledTree, NumberPage, Page, Report, Section, Tree, User, UserPage,
        UserReport, UserReportPage, UserReportSectionsItem
    }
    enum_names {
        Channel, Colour, DoorKind, DoorWidth, DoorsListResponse, Level, Room, RoomLists, RoomState, Switch
    }
    enums {
        Level, State, Ticket, TicketCased, TicketCompare, TicketQuoted, TicketWait, TicketWords
    }
    equal_components {
        Buyer, BuyerMood, MissingError, OrderState, Payment, PaymentState, Seller, SellersCreateError,
        SellersCreateGoneError, SellersCreateResponse, SellersCreateResponseBy, SellersDeleteResponse
    }
    event_streams {
        Piece, RunDone, RunEvent, RunMoved, StreamsAnswersError, StreamsAnswersRequest,
        StreamsAnswersResponse, Tick
    }
    file_choices {
       
    }
    form_encodings {
        Order, Row
    }
    formats {
        Host, HostIp, Sample
    }
    forms {
        TokensCreateRequest, TokensCreateRequestMeta
    }
    free_form {
        Free, FreeNeither, FreeUntyped
    }
    hard_names {
        All, Bytes, Core, Crate, Debug, DefaultModel, Dollar, Empty, Hash, Item, Item2, ItemObject, Map,
        N200, OkModel, Patch, RType, SendModel, SomeModel, Std, Super, Upload, Value
    }
    headers_cookies {
        ThingsListTheme
    }
    held_names {
        Owner, Pet, PetsListResponse, Walk
    }
    hierarchies {
        Boat, BoatBase, BoatBaseInput, Car, CarInput, Circle, Clash, Created, Event, EventBase, Feet, High,
        HighBase, HighUnit, Low, Metres, One, Raft, RaftInput, Reading, ReadingBase, Removed, Renamed, Shape,
        ShapeBase, Square, Two, Vehicle, VehicleBase, VehicleBaseInput, VehicleInput
    }
    http_values {
        Detail, Thing
    }
    idempotency {
       
    }
    inheritance {
        Cat, Choice, Dog, Number, Partly, Pet, PetBase, Text, Unsaid
    }
    item_streams {
        Cat, StreamsChoicesEvent, StreamsChoicesEventCat, StreamsChoicesEventPing
    }
    long_paths {
       
    }
    lossy {
        Thing, ThingMixed, ThingMixedA, ThingMixedInteger
    }
    maps {
        Closed, Sealed, Thing, ThingNestedValue, Typed
    }
    media_types {
        Item
    }
    method_names {
       
    }
    methods_and_queries {
        FilesByFormQuery, FilesByFormQueryRange, FilesQueryRequest, Filter
    }
    multipart {
        Both, MessagesCreateRequestKind, MessagesCreateRequestPagesItem, MessagesCreateRequestPlain
    }
    multipart_encoding {
        ChannelsCreateRequestChannel, ChannelsCreateRequestRulesFieldsItem, Chat, ChatHours,
        DocumentsCreateRequestHistoryItem, DocumentsCreateRequestMeta, Mail
    }
    multipart_shapes {
        ShapesItemsRequestItemsItem, ShapesOrderRequestMetadata
    }
    nested_choices {
        Animal, Bank, BigDog, BigDogPet, Bird, Card, Cash, ChoicesImpossibleResponse, Deep, First, Fish,
        Holder, HolderComposed, HolderComposedTallDeep, HolderComposedWideDeep, HolderComposedWideTall,
        HolderItemsItem, HolderListed, HolderMapped, HolderMixed, HolderNested, HolderOptional, HolderPairs,
        HolderPartly, HolderProduct, HolderProductImageFirst, HolderProductImageSecond,
        HolderProductSoundFirst, HolderProductSoundSecond, Image, Media, Note, Second, SmallCat, Sound, Tall,
        Told, Wide
    }
    no_operation_id {
       
    }
    no_operations {
        OrderMadeEvent
    }
    null_alternatives {
        Pull, PullDetails, PullInput, Repository, State
    }
    nulls {
        Note, NoteAmount, NoteColor, NoteEither, NoteInput, Owner
    }
    numeric_strings {
        Meta, MetaOther, Whole
    }
    oauth2 {
       
    }
    octet_streams {
       
    }
    odd_defaults {
        Odd, OddCreateOrder, OddLinks, OddState
    }
    odd_enums {
        Odd, OddAlike, OddCreateMixed, OddCreateMixedAll, OddCreateMixedInteger, OddInput, OddMixed,
        OddMixedA, OddNumbers, OddTwice, OddUntyped, OddWide, OddWords
    }
    odd_values {
        Company, Contact, ContactCreatedEvent, ContactInput, ContactLevel, ContactLimits, ContactOwner,
        ContactStatus, ContactsListResponse, Lock, Person, Problem, Team
    }
    open_choices {
        Color, Model, Settings, SettingsCount, SettingsCountInteger, SettingsEither, SettingsEitherString,
        SettingsKey, SettingsLevel, SettingsLevelString, SettingsLimit, SettingsLimitString,
        SettingsModelOrOff, SettingsNested, SettingsTool, SettingsToolString, SettingsUntil,
        SettingsUntilNever, Tool
    }
    operation_servers {
       
    }
    overlapping {
        Blue, Branch, Employee, Holder, HolderApart, HolderExclusive, HolderKinds, HolderLabels, HolderMixed,
        HolderProfile, HolderProfileHome, Home, Image, Leaf, Office, Person, PersonCode, Red, Sound, Tree,
        TreeNext
    }
    overlays {
        Item
    }
    pagination {
        Event, EventList, EventListMeta, EventSource, Hits, HitsHits, LogsFeedResponse,
        LogsFeedResponsePaging, LogsFeedResponsePagingCursors, LogsListResponse, LogsTicksResponse,
        NamesScoresResponse, Note, NoteList, NoteListLinks, Query
    }
    parameter_content {
       
    }
    path_parameters {
        BoxesGetSideSide
    }
    path_styles {
       
    }
    property_names {
        Optional, Thing, ThingInput
    }
    query_styles {
        Range, SearchGetOrder
    }
    rate_limits {
        FilesUploadRequest
    }
    recursion {
        Aliased, All, Edge, Expression, ExpressionWithAnd, ExpressionWithNeither, Grown, Leaf, Node, Page,
        PageInline, PageInlineDeepItem, Parent, Person
    }
    redirects {
        LoginsCreateRequest, Problem
    }
    references {
        Pet, PetFirst, Problem, Shop, ShopsUpdateResponse
    }
    resource_names {
       
    }
    response_choices {
        Conflict, ConflictProblem, Export, ExportsCreateSummaryResponseItem, Problem, Rows, Ticket
    }
    responses {
        Denied, Job, JobsUpdateAcceptedResponse, Problem, ProblemItem
    }
    rust_names {
        Include, Owner, Part, Thing, ThingOwner, ThingState
    }
    schemes_and_variables {
       
    }
    scopes {
       
    }
    security {
       
    }
    servers {
       
    }
    style_table {
        Color, Deep
    }
    swagger_2 {
        Error, Order, Pet, PetInput, PetsTagsRequest
    }
    tag_values {
        ByNumber, ByText, Closed, Failed, Far, FarUnit, First, Half, HasOwner, High, Low, Memo, Near,
        NearUnit, NoOwner, Note, Opened, Passed, Reading, ReadingAdded, ReadingKeyed, ReadingLayout,
        ReadingMismatched, ReadingNested, ReadingNumbered, ReadingOutcome, ReadingOwned, ReadingRange,
        ReadingScale, Second, Third, Versions, Whole
    }
    tagged {
        Circle, Created, Event, Implied, ImpliedBank, ImpliedCard, Removed, Shape, Square
    }
    text_formats {
        NotesGetResponse
    }
    text_responses {
        State, Thing
    }
    tuples {
        Series, SeriesEither, SeriesInput, SeriesMaybeItem2, SeriesOpenItem, SeriesTimesItem
    }
    type_names {
        Async, BoxModel, Call, Client, ContactPayload, ContactPayload2, ContactPayloadObject, Duration,
        Error, ErrorBody, N24hReport, OptionModel, ResultModel, Runtime, SelfModel, Str, StringModel, Thing,
        ThingInput, Things, Unknown
    }
    typed_headers {
       
    }
    undeclared_required {
        Child, Closed, Limits, Task
    }
    unions {
        Company, Holder, HolderConstants, HolderConstantsDenied, HolderConstantsNoToken,
        HolderConstantsNoUser, HolderConstantsSlowDown, HolderContact, HolderEvent, HolderEventFileEdited,
        HolderEventGone, HolderEventMade, HolderInline, HolderInlineWithEmail, HolderInlineWithPhone,
        HolderNested, HolderRecipients, HolderSameTitles, HolderStatus, HolderTitled, HolderTitledAFile,
        HolderTitledLongText, HolderWhen, Person, Ticket, Value
    }
    unix_times {
        Event, EventChoice, EventInput
    }
    unserved {
       
    }
    webhook_names {
        PushEvent, Repository
    }
    webhooks {
        ItemSoldOutEvent, ItemSoldOutEventItem, Order, OrderEvent, OrderEventEvent, PingEvent
    }
    whole_numbers {
        Order, OrderAmount, OrderEither, OrderInput, OrderLists
    }
    wide_enums {
        Few, Limits, LimitsBig, LimitsBigSize1, LimitsBigSize18446744073709551615, LimitsHalves, LimitsMost,
        LimitsQuarters, LimitsSeveral, LimitsSigned, LimitsTitled
    }
    xml_bodies {
        Chosen, ChosenEither, Document, DocumentKind, Fault, Note, Person, Spaced
    }
    xml_nodes {
        Entry, EntryLinksItem
    }
}
